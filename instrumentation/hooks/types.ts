import type { CustomProvider } from '../../src/providers/index.ts';
import type { Classify } from '../judge/types.ts';
import type { SpanListener } from '../span/record.ts';

/** One outbound call, as a hook sees it. Nothing of it can be changed. */
export interface OutboundCall {
  /** As sent: `GET`. */
  readonly method: string;
  /** Name or address of the target, without port. */
  readonly host: string;
  /** TCP port of the target; 443 or 80 where the URL has none. */
  readonly port: number;
  /** Path and query as sent, not redacted. */
  readonly path: string;
  /** First value of a request header by lower-case name. */
  header(name: string): string | undefined;
}

/**
 * What an application may add, from `faultlayer.config.{js,cjs,mjs,ts,json}` or {@link StartOptions}. Each hook runs inside a guard: what it throws is
 * counted and told once, and a hook that keeps throwing is switched off.
 * @experimental
 */
export interface Hooks {
  /** True leaves a call alone: no span, no metric, no `traceparent`. Runs as the call starts. */
  readonly ignore?: (call: OutboundCall) => boolean;
  /** Providers of your own: hosts, code paths, ID headers; the type of the built-in ones. */
  readonly providers?: readonly CustomProvider[];
  /** Reads your company's own error envelopes, before the generic rules. */
  readonly classify?: Classify;
  /** Attributes to add to a call's span, such as tenant or job. Texts are redacted afterwards. Runs as the call ends. */
  readonly enrich?: (call: OutboundCall) => Readonly<Record<string, string | number | boolean>> | undefined;
  /** Sees the finished span of every failed call. */
  readonly onFailure?: SpanListener;
}
