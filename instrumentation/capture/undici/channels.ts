import type { Socket } from 'node:net';
import { fieldsOf } from '../../../src/error-kind.ts';
import { adoptConnection, connectionOf } from '../connections.ts';
import { HeaderList } from '../header-list.ts';
import { before } from '../patch.ts';
import { type Tracker, WELL } from '../tracker.ts';
import { noteHandshake } from '../websocket.ts';
import { abortReasonOf, watchAborts } from './aborts.ts';
import { bodyWatch } from './body.ts';
import { UndiciCall, type UndiciRequest, type UndiciResponse } from './call.ts';
import {
  announce,
  type ConnectParams,
  connectionThatFailed,
  forgetAnnounced,
  onConnectError,
  onConnected,
} from './connecting.ts';
import { takeFetch } from './fetch.ts';
import { continueChain, noteRedirect } from './redirects.ts';

/** undici's own timers have their own clocks. */
const ownTimer = /^UND_ERR_(?!ABORTED)/;
/** What undici's interceptor says of redirects that it will not follow any more. */
const redirectLoop = /^(?:Redirect loop|Max(?:imum)? redirects)/i;
const isRedirect = (status = 0): boolean => status >= 300 && status < 400;
/** The method's name by undici's version: 6 and 7, 8. */
const METHODS = ['onUpgrade', 'onRequestUpgrade'];

/**
 * A granted upgrade (`WebSocket`, `undici.upgrade`) ends the exchange. Node's undici tells of it on no channel up to 7.29; without this such
 * calls would stay open for ever. The request is undici's own object, which applications never see.
 */
function watchUpgrade(tracker: Tracker, request: UndiciRequest & { upgrade?: unknown }, call: UndiciCall): void {
  if (!request.upgrade) return;
  const granted = tracker.guard('undici upgrade', (_: unknown, [statusCode, headers]: unknown[]) => {
    if (call.ended) return;
    call.onResponse({ statusCode, headers } as UndiciResponse);
    noteHandshake(call);
    tracker.end(call);
  });
  for (const name of METHODS) before(request, name, granted);
}

/** Every copy of undici in the process, bundled or installed, publishes on these names. */
export function watchUndici(tracker: Tracker): void {
  /** On undici's own request object, which applications never see: cheaper than a WeakMap. */
  const CALL: unique symbol = Symbol('faultlayer.call');
  type Tracked = UndiciRequest & { [CALL]?: UndiciCall | undefined };
  /** The call of a request that is over: undici keeps the requests of `fetch` until a whole collection, and would keep ours with them. */
  const take = (request: Tracked): UndiciCall | undefined => {
    const call = request[CALL];
    if (call) request[CALL] = undefined;
    return call;
  };
  const bodies = bodyWatch(tracker, (request) => (request as Tracked)[CALL]);
  const watchAbort = watchAborts(tracker);
  /** Errors raised on a proxy's CONNECT; undici hands the same object to the request that wanted the tunnel. */
  const tunnelErrors = new WeakSet<object>();

  tracker.subscribeLast('undici:request:create', ({ request }: { request: Tracked }) => {
    if (request.method === 'CONNECT') {
      forgetAnnounced();
      return;
    }
    const call = new UndiciCall(request);
    const taken = takeFetch();
    const made = taken?.isFetch ? taken : undefined;
    if (made) {
      call.byFetch = true;
      call.signal = made.signal;
      call.givenBody = made.body;
      call.streams = made.streams;
      call.askedMs = made.atMs;
    } else continueChain(call);
    const isUnknown = call.isBodyUnknown();
    if (isUnknown) call.expectPieces();
    if (!tracker.begin(call)) return;
    request[CALL] = call;
    watchUpgrade(tracker, request, call);
    bodies.watchRequest(request, isUnknown);
    if (made) watchAbort(call);
  });

  const handlers: Record<string, (message: never) => void> = {
    'undici:client:beforeConnect': ({ connectParams }: { connectParams: ConnectParams }) => announce(connectParams),
    'undici:client:connected': ({ socket }: { socket: Socket }) => {
      onConnected(socket);
      adoptConnection(socket);
    },
    'undici:client:connectError': ({ connectParams, error }: { connectParams: ConnectParams; error: unknown }) =>
      onConnectError(connectParams, error),
    'undici:client:sendHeaders': ({ request, socket }: { request: Tracked; socket: Socket }) => {
      request[CALL]?.onSendHeaders(connectionOf(socket) ?? adoptConnection(socket), socket);
    },
    'undici:request:bodySent': ({ request }: { request: Tracked }) => {
      request[CALL]?.onBodySent();
    },
    'undici:request:headers': ({ request, response }: { request: Tracked; response: UndiciResponse }) => {
      const call = request[CALL];
      if (!call || (response.statusCode < 200 && response.statusCode !== 101)) return;
      call.onResponse(response);
      if (call.byFetch) call.tooManyHops = noteRedirect(call);
      if (tracker.watches(call)) bodies.watchAnswer(request);
    },
    'undici:request:trailers': ({ request, trailers }: { request: Tracked; trailers: readonly unknown[] }) => {
      const call = take(request);
      if (!call) return;
      if (trailers && trailers.length !== 0) call.trailers = HeaderList.of(trailers);
      tracker.end(
        call,
        call.tooManyHops ? { redirectLoop: true } : call.refusesRedirect ? { redirectRefused: true } : WELL,
      );
    },
    'undici:request:error': ({ request, error }: { request: Tracked; error: unknown }) => {
      const isObject = typeof error === 'object' && error !== null;
      if (request.method === 'CONNECT' && isObject) tunnelErrors.add(error);
      const call = take(request);
      if (!call || call.ended) return;
      call.onError(error);
      const attempt = call.headersSent ? undefined : connectionThatFailed(error);
      if (attempt) call.useConnection(attempt);
      // fetch answers an abort at once; what becomes of the connection afterwards its caller never sees
      const unseen = call.byFetch && !call.headersSent && call.signal?.aborted === true;
      tracker.end(call, {
        error: unseen ? undefined : error,
        broken: true,
        deadlineMs: ownTimer.test(fieldsOf(error).code) ? undefined : tracker.timers.deadlineOf(call),
        toProxy: isObject && tunnelErrors.has(error),
        redirectLoop: isRedirect(call.status) && redirectLoop.test(fieldsOf(error).message),
        abortReason: abortReasonOf(request),
      });
    },
  };

  tracker.subscribe(handlers);
}
