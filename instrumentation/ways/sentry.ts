import type { ForeignSpan } from './types.ts';

/** The part of Sentry's client that we use; the same in Sentry 8 to 11. */
interface SentryClient {
  getOptions(): { readonly tracesSampleRate?: unknown; readonly tracesSampler?: unknown };
  on(event: 'spanStart', callback: (span: ForeignSpan) => void): unknown;
  /** Sentry 8 to 10: the OpenTelemetry provider it registers, whether it traces or not. */
  readonly traceProvider?: unknown;
}
type Carrier = { readonly defaultCurrentScope?: { getClient?(): SentryClient | undefined } };

/**
 * The client that `Sentry.init` made, found where every copy of its core looks for it. Since version 10 its spans are of a class of
 * its own and most are started past the OpenTelemetry API: only the client's events tell of them.
 */
export function sentryClient(): SentryClient | undefined {
  const carriers = (globalThis as { __SENTRY__?: Record<string, unknown> }).__SENTRY__;
  if (carriers === undefined) return undefined;
  return (carriers[String(carriers['version'])] as Carrier | undefined)?.defaultCurrentScope?.getClient?.();
}

/** Does this client make spans, or does it only report errors? */
export function sentryTraces(client: SentryClient): boolean {
  const { tracesSampleRate, tracesSampler } = client.getOptions();
  return (tracesSampleRate ?? undefined) !== undefined || Boolean(tracesSampler);
}

/** Sentry's spans keep in fields what OpenTelemetry's show. */
interface SentrySpan {
  readonly _attributes?: ForeignSpan['attributes'];
  readonly _status?: ForeignSpan['status'];
  readonly _name?: string;
}
export const isSentrySpan = (span: ForeignSpan): boolean => (span as SentrySpan)._attributes !== undefined;
export const attributesOn = (span: ForeignSpan): ForeignSpan['attributes'] =>
  span.attributes ?? (span as SentrySpan)._attributes;
export const statusOn = (span: ForeignSpan): ForeignSpan['status'] => span.status ?? (span as SentrySpan)._status;
export const nameOn = (span: ForeignSpan): string | undefined => span.name ?? (span as SentrySpan)._name;

/** Their kind means nothing: the operation names the side, or nothing does while the span is being started. */
export const isSentryClientSpan = (span: ForeignSpan): boolean => {
  const operation = attributesOn(span)?.['sentry.op'];
  return operation === undefined || operation === 'http.client';
};
