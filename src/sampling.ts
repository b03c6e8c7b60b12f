/**
 * Consistent probability sampling: the `ot` entry of W3C tracestate carries the rejection threshold `th`, 1 to 14 hexadecimal
 * digits with trailing zeros left out (OpenTelemetry "TraceState: Probability Sampling"). A span kept with threshold T of 2^56
 * stands for 2^56 / (2^56 - T) spans.
 */
const SPACE = 2 ** 56;

/** How many calls the span stands for; 1 when the tracestate carries no valid threshold. */
export function weightOf(tracestate: string): number {
  const ot = /(?:^|,)\s*ot=([^,]*)/.exec(tracestate)?.[1];
  const th = ot === undefined ? undefined : /(?:^|;)th:([0-9a-f]{1,14})(?:;|\s*$)/.exec(ot)?.[1];
  if (th === undefined) return 1;
  // Doubles hold 53 bits; the last three of 56 do not matter to a weight.
  return SPACE / (SPACE - Math.min(Number.parseInt(th.padEnd(14, '0'), 16), SPACE - 1));
}

/** The `th` value for keeping a share of spans, `probability` in (0, 1], to four significant digits. */
export function thresholdOf(probability: number): string {
  const rejected = Math.round((1 - probability) * 2 ** 52);
  const digits = rejected.toString(16).padStart(13, '0').slice(0, 13);
  return digits.replace(/0+$/, '') || '0';
}

/**
 * A whole number with the weight's expectation, chosen by `random` in [0, 1), so that counters and buckets stay integers and
 * totals stay right on average.
 */
export function wholeWeight(weight: number, random: number): number {
  const whole = Math.floor(weight);
  return random < weight - whole ? whole + 1 : whole;
}
