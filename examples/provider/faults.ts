import type { Api } from './api.ts';

/** What can be switched on for one API, and what each does to its callers. */
export const FAULTS = {
  throttle: 'answers 429 (or the provider’s own word for it) with Retry-After',
  outage: 'answers 503',
  reset: 'sends the headers and half of the body, then resets the connection',
  hang: 'accepts the request and never answers',
  slow: 'answers later and later, 50 ms more every second, up to 3 s',
  nodns: 'takes its name out of the zone file',
  expired: 'serves a certificate that ended a minute ago',
} as const;
export type Fault = keyof typeof FAULTS;

export interface ActiveFault {
  readonly fault: Fault;
  readonly sinceMs: number;
}

export const isFault = (text: string): text is Fault => Object.hasOwn(FAULTS, text);

/** Which fault is on for which API. */
export class Switchboard {
  readonly #active = new Map<string, ActiveFault>();
  readonly #changed: () => void;
  constructor(changed: () => void) {
    this.#changed = changed;
  }
  of(api: Api): ActiveFault | undefined {
    return this.#active.get(api.name);
  }
  turn(api: Api, fault: Fault | undefined): void {
    if (fault === undefined) this.#active.delete(api.name);
    else this.#active.set(api.name, { fault, sinceMs: Date.now() });
    this.#changed();
  }
}

/** How long an answer waits under `slow`, in milliseconds. */
export const slownessMs = (active: ActiveFault): number => Math.min(3_000, (Date.now() - active.sinceMs) / 20);
