import type { Answer, RateLimit } from '../base/types.ts';
import type { HeaderPlan } from './header-plan.ts';
import { fromMilliseconds, secondsOf } from './seconds.ts';

export interface Family extends RateLimit {
  name: string;
}

const whole = (text: string): number | undefined => {
  const match = /^\s{0,4}(\d{1,12})(?:\.0{1,6})?\s{0,4}(?:[;,]|$)/.exec(text);
  return match === null ? undefined : Number(match[1]);
};

const REMAINING = /(?:^|[;, ])(?:r|remaining)=(\d{1,15})(?:[;, ]|$)/;
const RESET = /(?:^|[;, ])(?:t|reset)=(\d{1,15})(?:[;, ]|$)/;
const QUOTA = /(?:^|[;, ])(?:q|limit)=(\d{1,15})(?:[;, ]|$)/;

/** IETF `RateLimit: "default";r=0;t=30` and `RateLimit-Policy: "default";q=100;w=60`; draft 7 wrote `limit=100, remaining=0, reset=30`. */
function structured(text: string, family: Family, nowMs: number): boolean {
  const numberOf = (pattern: RegExp): number | undefined => {
    const digits = pattern.exec(text)?.[1];
    return digits === undefined ? undefined : Number(digits);
  };
  const [limit, remaining, reset] = [QUOTA, REMAINING, RESET].map(numberOf);
  family.limit = limit ?? family.limit;
  family.remaining = remaining ?? family.remaining;
  family.reset = secondsOf(reset, nowMs) ?? family.reset;
  return (limit ?? remaining ?? reset) !== undefined;
}

/** Shopify `40/40`, Salesforce `api-usage=18/5000`: used of total. */
function usage(text: string, family: Family): boolean {
  const match = /^(?:[a-z-]{1,32}=)?(\d{1,12})\/(\d{1,12})(?:[;, ]|$)/.exec(text);
  if (match === null) return false;
  family.limit = Number(match[2]);
  family.remaining = Math.max(0, Number(match[2]) - Number(match[1]));
  return true;
}

/** All limits an answer tells of, one per family of header names. */
export function familiesOf(answer: Answer, plan: HeaderPlan, nowMs: number): Family[] {
  const families = new Map<string, Family>();
  for (const { name, says, family: key } of plan.limits) {
    const text = answer.header(name);
    if (text === undefined || text.length > 256) continue;
    let family = families.get(key);
    if (family === undefined) {
      family = { name: key };
      families.set(key, family);
    }
    if (says === 'reset') family.reset ??= name.endsWith('-ms') ? fromMilliseconds(text) : secondsOf(text, nowMs);
    else if (says === 'remaining') family.remaining ??= whole(text);
    else if (structured(text, family, nowMs) || usage(text, family)) continue;
    else if (says === 'limit') family.limit ??= whole(text);
  }
  return [...families.values()];
}

/** The tightest of several limits: the smallest share left, else the smallest rest. */
export function tightest(families: readonly Family[]): RateLimit | undefined {
  const share = ({ remaining = Number.POSITIVE_INFINITY, limit }: Family): number =>
    limit ? remaining / limit : remaining && 1 + remaining;
  let best: Family | undefined;
  for (const f of families) if (best === undefined || share(f) < share(best)) best = f;
  if (best === undefined) return undefined;
  const { limit, remaining, reset } = best;
  return (limit ?? remaining ?? reset) === undefined ? undefined : { limit, remaining, reset };
}

const MAY_THROTTLE = new Set([400, 403, 503]);

/**
 * Seconds until the limit that stopped the call is over. Reset headers come with every answer, so they count only for a 429, or for a
 * 400, 403 or 503 with nothing remaining.
 */
export function resetDelay(families: readonly Family[], status: number): number | undefined {
  const empty = families.filter((f) => f.remaining === 0);
  if (status !== 429 && status !== 420 && !(MAY_THROTTLE.has(status) && empty.length > 0)) return undefined;
  const own =
    empty.find((f) => f.reset !== undefined) ??
    families.find((f) => f.reset !== undefined && f.remaining === undefined);
  return (own ?? families.find((f) => f.reset !== undefined))?.reset;
}
