import { clockOf } from './delay.ts';
import type { Reading } from './reading.ts';
import { type Said, saidOf } from './said.ts';
import type { Answer } from './types.ts';

/** What was said by the newest answer with one body, and everything but the body that it was said by. */
export interface Same {
  readonly status: number;
  readonly host: string;
  readonly names: readonly string[];
  /** The headers that were asked for; those that were not there, the names tell. */
  readonly asked: readonly (readonly [name: string, value: string | undefined])[];
  readonly said: Said;
}

/** Characters of header values that are kept beside one body. */
const LONGEST = 1024;

/** The answer, and what is asked of its headers. */
class Witness implements Answer {
  readonly asked = new Map<string, string | undefined>();
  readonly status: number;
  readonly host: string;
  readonly nowMs: number;
  private readonly answer: Answer;
  private readonly names: readonly string[];

  constructor(answer: Answer, names: readonly string[]) {
    this.answer = answer;
    this.names = names;
    this.status = answer.status;
    this.host = answer.host;
    this.nowMs = answer.nowMs;
  }
  header(name: string): string | undefined {
    const value = this.answer.header(name);
    if (this.names.includes(name)) this.asked.set(name, value);
    return value;
  }
  headerNames(): Iterable<string> {
    return this.names;
  }
}

const hasClock = (date: string | undefined): boolean => !Number.isNaN(clockOf(date, Number.NaN));

const dependsOnTime = ({ evidence: { retryAfter, rateLimit } }: Said): boolean =>
  retryAfter !== undefined || rateLimit?.reset !== undefined;

function fits(same: Same, answer: Answer, names: readonly string[]): boolean {
  if (same.names !== names || same.status !== answer.status || same.host !== answer.host) return false;
  const { asked } = same;
  for (let i = 0; i < asked.length; i++) if (answer.header(asked[i]![0]) !== asked[i]![1]) return false;
  return true;
}

/**
 * What an answer says whose body is known: the same as the one before if whatever that was read from is the same. Only for names given as
 * the same array can that be told; without a `Date`, delays depend on the caller's clock and are read each time.
 */
export function saidAgain(answer: Answer, names: readonly string[], reading: Reading): Said {
  if (reading.same !== undefined && fits(reading.same, answer, names)) return reading.same.said;
  const witness = new Witness(answer, names);
  const said = saidOf(witness, names, reading);
  const timed = dependsOnTime(said);
  const asked = [...witness.asked].filter(([name]) => timed || name !== 'date');
  const size = asked.reduce((sum, [, value = '']) => sum + value.length, 0);
  const repeatable = size <= LONGEST && (!timed || hasClock(witness.asked.get('date')));
  reading.same = repeatable ? { status: answer.status, host: answer.host, names, asked, said } : undefined;
  return said;
}
