import type { CHECK_ORDER } from '../../src/contract/index.ts';

/** The checklist in its order, and behind it the service itself, where it is the one that fails. */
export type StepName = (typeof CHECK_ORDER)[number] | 'service';
/** `ok` and `mismatch` decide; `note` is worth knowing; `unknown` could not be looked at, and why is said. */
export type Verdict = 'ok' | 'mismatch' | 'note' | 'unknown';

export interface Finding {
  /** What was looked at, one or two words. */
  readonly check: string;
  readonly verdict: Verdict;
  readonly seen: string;
  /** What it means; always with a mismatch. */
  readonly means?: string | undefined;
  /** What to do. */
  readonly next?: string | undefined;
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

export const ok = (check: string, seen: string): Finding => ({ check, verdict: 'ok', seen });
export const unknown = (check: string, seen: string): Finding => ({ check, verdict: 'unknown', seen });
export const note = (check: string, seen: string, means?: string, next?: string): Finding => ({
  check,
  verdict: 'note',
  seen,
  means,
  next,
});
export const mismatch = (check: string, seen: string, means: string, next?: string): Finding => ({
  check,
  verdict: 'mismatch',
  seen,
  means,
  next,
});
