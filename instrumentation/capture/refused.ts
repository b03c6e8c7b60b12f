import type { Phase } from '../../src/contract/index.ts';
import { TrackedCall } from './call.ts';
import { type Origin, originOf } from './origin.ts';
import { Target } from './target.ts';
import type { Tracker } from './tracker.ts';
import type { Client, Sent } from './types.ts';

const NO_NAMES: readonly string[] = [];

/** A call that its client refused before there was a request. */
class RefusedCall extends TrackedCall {
  readonly client: Client;
  readonly method: string;
  readonly path: string;
  protected readonly origin: Origin;
  private readonly given: string;

  constructor(client: Client, method: string, url: string) {
    super();
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
  requestHeader(): undefined {
    return undefined;
  }
  requestHeaderNames(): readonly string[] {
    return NO_NAMES;
  }
  setHeader(): void {}
  responseHeader(): undefined {
    return undefined;
  }
  responseHeaderNames(): Iterable<string> {
    return [];
  }
  phase(): Phase {
    return 'queued';
  }
  sent(): Sent {
    return 'no';
  }
  get holdsBytes(): boolean {
    return false;
  }
  protected headSize(): undefined {
    return undefined;
  }
  loosen(): void {}
  release(): void {}
}

/** Tells of a call that never became a request. */
export function refused(
  tracker: Tracker,
  client: Client,
  method: string,
  url: string,
  error: unknown,
  signal?: AbortSignal,
): void {
  const call = new RefusedCall(client, method, url);
  call.signal = signal;
  if (tracker.begin(call)) tracker.end(call, { error, broken: true });
}
