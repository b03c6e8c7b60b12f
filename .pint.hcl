// `rule/dependency`: recorded series are in groups of their own on purpose, read up to one interval late.
// `promql/nan`: a division by zero calls gives NaN, which is above nothing, and so no alert.
checks {
  disabled = ["rule/dependency", "promql/nan"]
}

rule {
  match {
    name = "FaultlayerWatchdog"
  }
  // It is meant to fire always.
  disable = ["alerts/comparison"]
}
