import { subscribe } from 'node:diagnostics_channel';
import { isLibraryCall } from '../../src/contract/index.ts';
import type { Guard } from '../base/guard.ts';
import { now } from '../base/now.ts';
import { type Library, replace } from '../capture/patch.ts';
import type { Call } from '../capture/types.ts';
import { registeredProvider } from '../span/context.ts';
import { attributesOn, isSentryClientSpan, isSentrySpan, sentryClient } from './sentry.ts';
import type { ForeignSpan } from './types.ts';

type ForeignTracer = { startSpan(...args: unknown[]): ForeignSpan };
export interface Watcher {
  /** A client span was started; it may not be recorded. */
  onStart(span: ForeignSpan): void;
  /** The span is about to end; true = it is kept open until `end` is called on it, with that time. */
  onEnd(span: ForeignSpan, end: ForeignSpan['end'], endTime: unknown): boolean;
}

const KIND_CLIENT = 2;

const pathOf = (url: string): string => {
  const end = url.search(/[?#]/);
  const whole = end < 0 ? url : url.slice(0, end);
  const scheme = whole.indexOf('//');
  const slash = whole.indexOf('/', scheme < 0 ? 0 : scheme + 2);
  return slash < 0 ? '/' : whole.slice(slash);
};

const urlOn = (span: ForeignSpan): unknown => {
  const attributes = attributesOn(span);
  return attributes?.['url.full'] ?? attributes?.['http.url'];
};
const isClient = (span: ForeignSpan): boolean =>
  isSentrySpan(span) ? isSentryClientSpan(span) : span.kind === KIND_CLIENT;

/** The span of some HTTP call, of whose making we need not have seen anything. */
export const isHttpClientSpan = (span: ForeignSpan): boolean => isClient(span) && typeof urlOn(span) === 'string';

/** A library's span around its attempts says what it called; an attempt's says what was sent. */
const isAttempt = (span: ForeignSpan): boolean => isClient(span) && !isLibraryCall(attributesOn(span));

/** A client span started while a request was being announced: the request's, if it is an attempt's at all. */
export const isStartedFor = (span: ForeignSpan): boolean => !span.isRecording() || isAttempt(span);

/** Is this the span of this call? By kind and URL; the query is left out, because some instrumentations redact it. */
export function isClientSpanOf(span: ForeignSpan, call: Call): boolean {
  if (!span.isRecording() || !isAttempt(span)) return false;
  const url = urlOn(span);
  if (typeof url !== 'string') return false;
  return url === call.url() || (url.includes(call.host) && pathOf(url) === pathOf(call.path));
}

/**
 * Hooks the prototypes of whatever SDK is registered, found through public calls only: the provider behind the API's global,
 * a tracer of it, and the first span that tracer starts. One hook serves every tracer and span of that copy of the SDK. It stays when the engine
 * stops, and does nothing then: a span that was ended for its owner may be ended by its owner afterwards.
 * What fails in here is the guard's: the application's span starts and ends as it would have.
 */
export function watchSpans(watcher: Watcher, guard: Guard) {
  const seen = new WeakSet<object>();
  const WHERE = 'spans of others';

  /** Hooks the end of a span that was started before its tracer could be hooked. */
  const hookSpans = (span: ForeignSpan): void => {
    const prototype = Object.getPrototypeOf(span) as { end: ForeignSpan['end'] } | null;
    if (!prototype || seen.has(prototype) || !Object.hasOwn(prototype, 'end')) return;
    seen.add(prototype);
    const { end } = prototype;
    prototype.end = function (this: ForeignSpan, endTime?: unknown) {
      if (!isKept(this, end, endTime)) end.call(this, endTime);
    };
  };
  const isKept = guard.handler(
    WHERE,
    (span: ForeignSpan, end: ForeignSpan['end'], endTime: unknown) =>
      // an SDK takes a number below its own clock as now(); Sentry's versions differ in what a number means
      watcher.onEnd(span, end, endTime ?? (isSentrySpan(span) ? new Date() : now())),
    false,
  );
  const started = guard.handler(WHERE, (span: ForeignSpan) => {
    if (span.isRecording()) hookSpans(span);
    watcher.onStart(span);
  });

  const hookTracer = (tracer: ForeignTracer) => {
    const prototype = Object.getPrototypeOf(tracer) as ForeignTracer | null;
    if (!prototype || seen.has(prototype) || !Object.hasOwn(prototype, 'startSpan')) return;
    seen.add(prototype);
    const { startSpan } = prototype;
    prototype.startSpan = function (this: ForeignTracer, ...args: unknown[]) {
      const span = startSpan.apply(this, args);
      const { kind } = (args[1] ?? {}) as { kind?: unknown };
      if (kind === KIND_CLIENT) started(span);
      return span;
    };
  };

  const lookForSentry = () => {
    const client = sentryClient();
    if (!client || seen.has(client)) return;
    seen.add(client);
    const recorded = (span: ForeignSpan) => span.isRecording() && started(span);
    client.on('spanStart', guard.handler(WHERE, recorded, undefined));
  };

  /** Looks for a newly registered provider; cheap, called before every call. True where there is one: spans it has made were not seen. */
  const look = (): boolean => {
    lookForSentry();
    const provider = registeredProvider() as { getTracer(name: string): ForeignTracer } | undefined;
    if (!provider || seen.has(provider)) return false;
    seen.add(provider);
    hookTracer(provider.getTracer('faultlayer'));
    return true;
  };
  const safely = guard.handler(WHERE, () => void look());
  look();
  // A wrapper of `fetch` starts its span before we hear of the call. What is registered through a copy of the API in a bundle is known when the next
  // request comes in, what is registered otherwise at once.
  subscribe('http.server.request.start', safely);
  /** The OpenTelemetry API, of which each copy tells what is registered through it. */
  const api: Library = {
    request: /@opentelemetry[\\/]api(?:$|[\\/]build[\\/]src[\\/]index\.js$)/,
    holder: ({ trace }) => trace,
    patch(trace) {
      replace(
        trace,
        'setGlobalTracerProvider',
        (original) =>
          function (this: unknown, ...args) {
            const isRegistered = original.apply(this, args);
            safely();
            return isRegistered;
          },
      );
    },
  };
  return { look, hook: hookSpans, api };
}
