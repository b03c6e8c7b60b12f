import type { CHECK_ORDER } from '../../src/contract/index.ts';

export type StepName = (typeof CHECK_ORDER)[number];
/** `ok` and `mismatch` decide; `note` is worth knowing; `unknown` could not be looked at, and why is said. */
export type Verdict = 'ok' | 'mismatch' | 'note' | 'unknown';

export interface Finding {
  /** What was looked at, one or two words. */
  readonly check: string;
  readonly verdict: Verdict;
  readonly seen: string;
  /** What it means; always with a mismatch. */
  readonly means?: string;
  /** What to do. */
  readonly next?: string;
}

export interface StepReport {
  readonly step: StepName;
  /** `not reached` behind the first mismatch. */
  readonly verdict: 'ok' | 'mismatch' | 'not reached';
  readonly findings: readonly Finding[];
}

export interface DoctorReport {
  readonly method: string;
  /** Redacted. */
  readonly url: string;
  readonly verdict: 'ok' | 'mismatch';
  readonly stoppedAt?: StepName;
  readonly steps: readonly StepReport[];
}

export const ok = (check: string, seen: string, means?: string): Finding => finding('ok', check, seen, means);
export const note = (check: string, seen: string, means?: string, next?: string): Finding =>
  finding('note', check, seen, means, next);
export const unknown = (check: string, seen: string): Finding => finding('unknown', check, seen);
export const mismatch = (check: string, seen: string, means: string, next?: string): Finding =>
  finding('mismatch', check, seen, means, next);

const finding = (verdict: Verdict, check: string, seen: string, means?: string, next?: string): Finding => ({
  check,
  verdict,
  seen,
  ...(means === undefined ? {} : { means }),
  ...(next === undefined ? {} : { next }),
});
