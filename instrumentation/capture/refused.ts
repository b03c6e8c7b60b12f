import type { Phase } from '../../src/contract/index.ts';
import { Call } from './call.ts';
import type { Client, Sent } from './exchange.ts';
import { type Origin, originOf, Target } from './target.ts';
import type { Tracker } from './tracker.ts';

/** What is known of a call that had got some way. */
export interface Refusal {
  readonly startMs: number;
  readonly phase: Phase;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
}

/** A call of which there is no request: its client refused it before, or it is long over. */
export class RefusedCall extends Call {
  readonly client: Client;
  readonly method: string;
  readonly path: string;
  readonly trailers = undefined;
  protected readonly origin: Origin;
  private readonly given: string;
  private readonly how: Refusal | undefined;

  constructor(client: Client, method: string, url: string, how: Refusal | undefined) {
    super();
    this.how = how;
    if (how) this.startMs = how.startMs;
    this.client = client;
    this.given = url;
    this.method = method.toUpperCase();
    this.origin = originOf(url);
    const slash = url.indexOf('/', url.indexOf('//') + 2);
    this.path = this.origin.host === '' || slash < 0 ? '/' : url.slice(slash).replace(/#.*/s, '');
  }

  /** What could not be parsed is told as it was given. */
  override get target(): Target {
    return this.origin.host === '' ? new Target(this.origin, this.given) : super.target;
  }
  requestHeader(name: string): string | undefined {
    return this.how?.headers[name];
  }
  requestHeaderNames(): readonly string[] {
    return Object.keys(this.how?.headers ?? {});
  }
  phase(): Phase {
    return this.how?.phase ?? 'queued';
  }
  sent(): Sent {
    return 'no';
  }
}

/** Tells of a call that never became a request. */
export function refused(
  tracker: Tracker,
  client: Client,
  method: string,
  url: string,
  error: unknown,
  signal?: AbortSignal,
  how?: Refusal,
): void {
  const call = new RefusedCall(client, method, url, how);
  call.signal = signal;
  if (tracker.begin(call))
    tracker.end(call, { error, broken: true, timedOut: how?.timedOut === true, cancelled: how?.cancelled === true });
}
