/**
 * Consistent probability sampling by rejection threshold (OpenTelemetry specification, "TraceState: Probability Sampling"):
 * a span is kept when its 56 bits of randomness are not below the threshold; the threshold travels as `ot=th:<hex>`, and a
 * reader weights the span by 2^56 / (2^56 − threshold).
 */
const RANGE = 2 ** 56;
const DIGITS = 14;

/** Threshold of a keep ratio in (0, 1], as 14 hexadecimal digits (which compare as text). */
export function thresholdOf(ratio: number): string {
  const rejected = Math.min(Math.max(Math.round((1 - ratio) * RANGE), 0), RANGE - 16);
  return BigInt(rejected).toString(16).padStart(DIGITS, '0');
}

/** Trailing zeros carry nothing; zero is written as `0`. */
const encodeThreshold = (threshold: string): string => threshold.replace(/0+$/, '') || '0';

/** The 56 random bits: the explicit `rv` value where the trace has one, else the last seven bytes of the trace ID. */
export const randomnessOf = (traceId: string, rv?: string): string => rv ?? traceId.slice(32 - DIGITS);

/** How many spans one kept at this threshold stands for. */
export const weightOf = (threshold: string): number =>
  RANGE / (RANGE - Number.parseInt(threshold.padEnd(DIGITS, '0'), 16));

const OT = /(?:^|,)\s*ot=([^,]*)/;

/** The explicit randomness in a tracestate, if it is there and well formed. */
export function explicitRandomness(traceState: string): string | undefined {
  const list = OT.exec(traceState)?.[1]?.trim();
  return list && /(?:^|;)rv:([0-9a-f]{14})(?:;|$)/.exec(list)?.[1];
}

/** `traceState` with the `th` of its `ot` member set; the other members and sub-keys stay, `ot` moves to the front (W3C §3.5). */
export function withThreshold(traceState: string, threshold: string): string {
  const th = `th:${encodeThreshold(threshold)}`;
  if (traceState === '') return `ot=${th}`;
  const kept = (OT.exec(traceState)?.[1] ?? '')
    .trim()
    .split(';')
    .filter((part) => part !== '' && !part.startsWith('th:'));
  const others = traceState
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '' && !member.startsWith('ot='));
  return [`ot=${[th, ...kept].join(';')}`, ...others.slice(0, 31)].join(',');
}

/** 1 to 14 digits; `ffffffffffffff` keeps one span of 2^56 and is nobody's sampling. */
const TH = /(?:^|;)th:([0-9a-f]{1,14})\s*(?:;|$)/;

/** A span that claims to stand for more is not believed: one forged header would drown every total. */
const MOST = 1e6;

/** How many calls a span with this tracestate stands for; 1 when it carries no valid threshold. */
export function weightOfState(traceState: string): number {
  const list = OT.exec(traceState)?.[1];
  const threshold = list === undefined ? undefined : TH.exec(list)?.[1];
  if (threshold === undefined) return 1;
  const weight = weightOf(threshold);
  return weight <= MOST ? weight : 1;
}

/**
 * A whole number with the weight's expectation, chosen by `random` in [0, 1), so that counters and buckets stay integers while
 * totals stay right on average.
 */
export function wholeWeight(weight: number, random: number): number {
  const whole = Math.floor(weight);
  return random < weight - whole ? whole + 1 : whole;
}
