/** What became of one body. */
export interface Verdict {
  /**
   * `retry`: the server asks for another try. `lost`: the connection ended without an answer, though it had given one before.
   * `unreachable`: no connection was had. `refused`: another try would not help.
   */
  readonly kind: 'ok' | 'retry' | 'lost' | 'unreachable' | 'refused';
  /** What to say once: a status or an error code, never a message that could quote a header. */
  readonly why: string;
  /** The server's own delay (RFC 9110 §10.2.3), milliseconds. */
  readonly retryAfterMs?: number;
}

/** How a last try ended: the collector answered; it has not, but the kernel has the bytes; nobody listens; to be tried otherwise. */
export type Ending = 'answered' | 'written' | 'refused' | 'unusable';

/** A way to one endpoint. */
export interface Transport {
  /** Has a connection made, if there is none. */
  open(): void;
  /** Sends one body; never rejects. `now`: compressed within the turn, if at all. */
  post(body: Uint8Array, now?: boolean): Promise<Verdict>;
  /** The process ends: sends synchronously what has not been answered; see `Line.finish`. */
  finish(bodies: readonly Uint8Array[], until: number): Ending;
  /** Of the bodies that `finish` could not send, those that have not left. All, where it is not said. */
  left?(bodies: readonly Uint8Array[]): readonly Uint8Array[];
  close(): void;
  /** Whether a collector of ours answers here; undefined until something has been answered. */
  readonly isOurs: boolean | undefined;
}

/** The header by which a collector of ours says what it is. */
export const COLLECTOR_HEADER = 'faultlayer-collector';

/** OTLP specification, "Retryable Response Codes". */
const RETRYABLE = new Set([429, 502, 503, 504]);

/** Retry-After as seconds or as a date; garbage is ignored. */
export function retryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,15}$/.test(value.trim())) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

/** By HTTP status. A redirect is not followed: it would carry the credentials to another host. */
export function verdictOf(status: number, retryAfter: string | undefined): Verdict {
  if (status >= 200 && status < 300) return { kind: 'ok', why: '' };
  const why = `status ${status}`;
  if (!RETRYABLE.has(status)) return { kind: 'refused', why };
  const wait = retryAfterMs(retryAfter, Date.now());
  return { kind: 'retry', why, ...(wait !== undefined && { retryAfterMs: wait }) };
}
