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

rule {
  match {
    name = "ApiProviderDown"
  }
  // It asks that several services spike, whose windows of minutes outlive a restart. With `for` their own pages would be sent before it inhibits them.
  disable = ["promql/fragile"]
}
