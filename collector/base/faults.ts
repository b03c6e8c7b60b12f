import type { Log } from './log.ts';

/** Where an error of ours was caught. */
export const FAULT_PLACES = ['otlp', 'grpc', 'http', 'evidence', 'forward', 'timer'] as const;
export type FaultPlace = (typeof FAULT_PLACES)[number];

const MINUTE = 60_000;
/** Stacks logged a minute, so that a fault in every request does not fill a disk. */
const STACKS_A_MINUTE = 10;
/** Kinds remembered as logged; a fault whose message differs each time starts the memory over. */
const KINDS = 200;

/**
 * Errors that are the collector's own: caught where they would end it or a request, counted by place, logged once per kind with their stack.
 * At level `debug` every one is logged, at the same bounded rate.
 */
export class Faults {
  /** Faults since the start, by place. */
  readonly counts: Readonly<Record<FaultPlace, number>>;
  private readonly log: Log;
  private readonly now: () => number;
  private readonly kinds = new Set<string>();
  private minute = Number.NEGATIVE_INFINITY;
  private stacks = 0;

  constructor(log: Log, now: () => number = () => performance.now()) {
    this.log = log;
    this.now = now;
    this.counts = Object.fromEntries(FAULT_PLACES.map((place) => [place, 0])) as Record<FaultPlace, number>;
  }

  caught(place: FaultPlace, error: unknown): void {
    (this.counts as Record<FaultPlace, number>)[place]++;
    const stack = error instanceof Error ? (error.stack ?? String(error)) : `not an Error: ${String(error)}`;
    const kind = `${place} ${kindOf(stack)}`;
    if (this.kinds.has(kind) && this.log.level !== 'debug') return;
    if (!this.mayLog()) return;
    if (this.kinds.size >= KINDS) this.kinds.clear();
    this.kinds.add(kind);
    this.log.error(`a fault of its own (${place}); please report it: ${stack}`);
  }

  /** Runs what nobody else could catch an error of. */
  guard(place: FaultPlace, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.caught(place, error);
    }
  }

  private mayLog(): boolean {
    const now = this.now();
    if (now - this.minute >= MINUTE) {
      this.minute = now;
      this.stacks = 0;
    }
    return ++this.stacks <= STACKS_A_MINUTE;
  }
}

/** The error's class and where it was thrown: its message may differ with every request. */
function kindOf(stack: string): string {
  const [head = '', ...frames] = stack.split('\n');
  return `${head.split(':', 1)[0]} ${frames.find((line) => line.trimStart().startsWith('at ')) ?? head}`;
}
