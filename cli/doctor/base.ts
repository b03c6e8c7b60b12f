import { type CHECK_ORDER, firstCheckOf, type LayerName, REASONS, type Reason } from '../../src/contract/index.ts';
import type { FailureRecord } from '../../src/evidence/record.ts';
import { type ExchangeOptions, exchange, type Run } from '../net/exchange.ts';
import type { ConnectOptions } from '../net/open.ts';
import type { Outgoing } from '../net/send.ts';

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

const told =
  (verdict: Verdict) =>
  (check: string, seen: string, means?: string, next?: string): Finding => ({ check, verdict, seen, means, next });
export const ok: (check: string, seen: string) => Finding = told('ok');
export const unknown: (check: string, seen: string) => Finding = told('unknown');
export const note = told('note');
export const mismatch: (check: string, seen: string, means: string, next?: string) => Finding = told('mismatch');
/** A failure on the way, in the contract's words: what its reason means, and the first check of its layer, reason and error code. */
export const broken = (check: string, seen: string, layer: LayerName, reason: Reason, code?: string): Finding =>
  mismatch(check, seen, REASONS[reason].meaning, firstCheckOf(layer, reason, code));
export const stops = (findings: readonly Finding[]): boolean => findings.some((f) => f.verdict === 'mismatch');

/** What it means, and what helps, where small packets arrive and large ones do not. */
export const LOST_PACKETS = [
  'large packets get lost on the way: an MTU that is too big, with ICMP filtered',
  'lower the MTU (VPN, tunnel, container network) or clamp the MSS; let ICMP type 3 code 4 through',
] as const;

/** What is examined: the call as the application makes it. */
export interface Subject extends Outgoing {
  /** As typed, before any parser mended it. */
  readonly raw: string;
  readonly body?: string;
  /** JSON Schema of the body. */
  readonly schema?: unknown;
  /** The kept failure it was started from. */
  readonly record?: FailureRecord;
  /** It is a question about this gRPC service's health; empty: the whole server's. */
  readonly grpc?: string;
}

export interface ProxyChoice {
  /** The proxy that the connection goes through. */
  readonly use?: URL;
  /** What the environment says, without credentials, and who obeys it. */
  readonly says: string;
  /** A variable is set that this host’s Node would not obey. */
  readonly ignored: boolean;
}

export interface DoctorOptions extends Pick<ConnectOptions, 'allowPrivate' | 'unixSocket' | 'timeoutMs'> {
  /** Resolvers to ask; the system’s where empty. */
  readonly resolvers: readonly string[];
  readonly ca?: readonly string[];
  readonly proxy: ProxyChoice;
  /** Speak HTTP/2, as the application does. */
  readonly http2: boolean;
  /** Send the request also when its method changes something. */
  readonly send: boolean;
}

export interface Context {
  readonly subject: Subject;
  readonly options: DoctorOptions;
  /** How every request of the doctor's is sent. */
  readonly way: ExchangeOptions;
  /** Whether the very request may be sent; otherwise a HEAD stands in for it and only its `Date` counts. */
  readonly genuine: boolean;
  /** The one answer all steps look at; asked for once. */
  answer(): Promise<Run>;
}

/** Methods that change nothing (RFC 9110 §9.2.1) and may be sent without asking. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

export function contextOf(subject: Subject, options: DoctorOptions): Context {
  const { allowPrivate, resolvers, ca, proxy, unixSocket, http2, timeoutMs } = options;
  const way = { allowPrivate, resolver: resolvers[0], ca, proxy: proxy.use, unixSocket, http2, deadlineMs: timeoutMs };
  const genuine = options.send || SAFE_METHODS.has(subject.method);
  let asked: Promise<Run> | undefined;
  const request = genuine ? subject : { method: 'HEAD', url: subject.url, headers: [] };
  return { subject, options, way, genuine, answer: () => (asked ??= exchange(request, way)) };
}
