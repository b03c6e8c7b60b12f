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

/**
 * Typed reading of attributes that anybody may have sent. Redaction is applied again here, although our own instrumentation has done it:
 * a span may come from elsewhere, and what is kept is shown on pages.
 */
export interface Facts {
  text(name: ReadName): string | undefined;
  /** Free text, redacted. */
  prose(name: ReadName): string | undefined;
  /** A line about the connection itself, whose addresses are no person's. */
  detail(name: ReadName): string | undefined;
  url(name: ReadName): string | undefined;
  number(name: ReadName): number | undefined;
  flag(name: ReadName): boolean | undefined;
  body(name: ReadName, side: 'request' | 'response', max: number): string | undefined;
  /** Attributes below a prefix, as names and values of a request’s headers; what may be secret is `REDACTED`. */
  headers(prefix: string): (readonly [string, string])[];
}

const TEXT_MAX = 256;
const URL_MAX = 2048;

export function factsOf(attributes: ReadonlyMap<string, AttributeValue>): Facts {
  const raw = (name: string): string | undefined => {
    const value = attributes.get(name);
    return value === undefined || value === '' ? undefined : String(value);
  };
  const number = (name: string): number | undefined => {
    const value = attributes.get(name);
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  };
  const mapped = (name: string, f: (text: string) => string): string | undefined => {
    const value = raw(name);
    return value === undefined ? undefined : f(value);
  };
  return {
    text: (name) => mapped(name, (t) => inert(t, TEXT_MAX)),
    prose: (name) => mapped(name, (t) => inert(redactText(t, TEXT_MAX), TEXT_MAX)),
    detail: (name) => mapped(name, (t) => inert(redactDetail(t, TEXT_MAX), TEXT_MAX)),
    url: (name) => mapped(name, (t) => inert(redactUrl(t), URL_MAX)),
    number,
    flag: (name) => {
      const value = attributes.get(name);
      return typeof value === 'boolean' ? value : undefined;
    },
    body: (name, side, max) => mapped(name, (t) => redactBody(t.slice(0, max), side)),
    headers: (prefix) => {
      const names = [...attributes.keys()]
        .filter((key) => key.startsWith(prefix))
        .map((key) => key.slice(prefix.length));
      return requestHeaders(names, (name) => mapped(prefix + name, (t) => inert(t, TEXT_MAX)));
    },
  };
}
