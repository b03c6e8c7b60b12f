import type { ReadName } from '../contract/index.ts';
import { redactBody, redactDetail, redactText, redactUrl, requestHeaders } from '../redact/index.ts';
import { inert } from './inert.ts';

export type AttributeValue = string | number | boolean;

/** The part of a finished span that evidence is made of; the collector’s decoder provides it. */
export interface SpanFacts {
  readonly traceId: string;
  readonly spanId: string;
  readonly startMs: number;
  readonly endMs: number;
  /** A page may name this call. */
  readonly named?: boolean;
  readonly resource: ReadonlyMap<string, AttributeValue>;
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  readonly events?: readonly { readonly name: string; readonly attributes: ReadonlyMap<string, AttributeValue> }[];
}

const TEXT_MAX = 256;
const URL_MAX = 2048;

/**
 * Typed reading of attributes that anybody may have sent. Redaction is applied again here, although our own instrumentation has done it:
 * a span may come from elsewhere, and what is kept is shown on pages.
 */
export function factsOf(attributes: ReadonlyMap<string, AttributeValue>) {
  const mapped = (name: string, f: (text: string) => string): string | undefined => {
    const value = attributes.get(name);
    return value === undefined || value === '' ? undefined : f(String(value));
  };
  const number = (name: ReadName): number | undefined => {
    const value = attributes.get(name);
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  };
  return {
    text: (name: ReadName) => mapped(name, (t) => inert(t, TEXT_MAX)),
    /** Free text, redacted. */
    prose: (name: ReadName) => mapped(name, (t) => inert(redactText(t, TEXT_MAX), TEXT_MAX)),
    /** A line about the connection itself, whose addresses are no person's. */
    detail: (name: ReadName) => mapped(name, (t) => inert(redactDetail(t, TEXT_MAX), TEXT_MAX)),
    url: (name: ReadName) => mapped(name, (t) => inert(redactUrl(t), URL_MAX)),
    number,
    flag: (name: ReadName): boolean | undefined => {
      const value = attributes.get(name);
      return typeof value === 'boolean' ? value : undefined;
    },
    body: (name: ReadName, side: 'request' | 'response', max: number) =>
      mapped(name, (t) => redactBody(t.slice(0, max), side)),
    /** Attributes below a prefix, as names and values of a request’s headers; what may be secret is `REDACTED`. */
    headers: (prefix: string): (readonly [string, string])[] => {
      const names = [...attributes.keys()]
        .filter((key) => key.startsWith(prefix))
        .map((key) => key.slice(prefix.length));
      return requestHeaders(names, (name) => mapped(prefix + name, (t) => inert(t, TEXT_MAX)));
    },
  };
}
export type Facts = ReturnType<typeof factsOf>;
