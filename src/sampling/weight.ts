import { weightOf } from './threshold.ts';

const OT = /(?:^|,)\s*ot=([^,]*)/;
/** 1 to 14 digits; `ffffffffffffff` keeps one span of 2^56 and is nobody's sampling. */
const TH = /(?:^|;)th:([0-9a-f]{1,14})\s*(?:;|$)/;

/** How many calls a span with this tracestate stands for; 1 when it carries no valid threshold. */
export function weightOfState(traceState: string): number {
  const list = OT.exec(traceState)?.[1];
  const threshold = list === undefined ? undefined : TH.exec(list)?.[1];
  if (threshold === undefined) return 1;
  const weight = weightOf(threshold);
  return weight <= MOST ? weight : 1;
}

/** A span that claims to stand for more is not believed: one forged header would drown every total. */
const MOST = 1e6;

/**
 * A whole number with the weight's expectation, chosen by `random` in [0, 1), so that counters and buckets stay integers while
 * totals stay right on average.
 */
export function wholeWeight(weight: number, random: number): number {
  const whole = Math.floor(weight);
  return random < weight - whole ? whole + 1 : whole;
}
