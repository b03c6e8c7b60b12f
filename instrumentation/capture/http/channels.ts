import { errorMonitor } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { fieldsOf } from '../../../src/error-kind.ts';
import { Memory } from '../../../src/memo.ts';
import { beside } from '../../base/side-map.ts';
import type { Connection } from '../connections.ts';
import type { Library } from '../patch.ts';
import { watchParser, watchPush } from '../push.ts';
import type { ConnectionEvents } from '../sockets.ts';
import type { Tracker } from '../tracker.ts';
import { noteHandshake } from '../websocket.ts';
import { HttpCall } from './call.ts';
import { watchRequests } from './methods.ts';

/** Beside the request: applications hold `ClientRequest` and would see a property on it. */
const notes = Memory.part(() => beside<ClientRequest, HttpCall>());
const requestOn = (socket: Socket): ClientRequest | undefined =>
  (socket as Socket & { _httpMessage?: ClientRequest | null })._httpMessage ?? undefined;

const isRedirect = ({ status = 0 }: HttpCall): boolean => status >= 300 && status < 400;

/** The timer of this side that ended the call: a library's, or the socket's if it fired and then this side gave up. */
function timerOf({ connection, startMs, deadlineMs }: HttpCall, isOver: boolean) {
  const timedOut = isOver && connection !== undefined && connection.timeoutMs > startMs && !connection.peerEnded;
  return { timedOut, deadlineMs: deadlineMs ?? (timedOut ? connection.timeoutDelay : undefined) };
}

function failed(tracker: Tracker, request: ClientRequest, error: unknown): void {
  const call = notes().get(request);
  if (!call || call.ended) return;
  call.onError(error);
  const { message } = fieldsOf(error);
  const timer = timerOf(call, request.destroyed);
  // an agent that waits for its proxy hands on what that did, in the same words
  const byProxy = call.throughProxy && call.connection === undefined && !call.left;
  const hungUp = message === 'socket hang up' && request.destroyed && !call.connection?.peerEnded && !byProxy;
  const cancelled = hungUp && !timer.timedOut && call.told === undefined;
  tracker.end(call, { error: call.told ?? error, broken: true, ...timer, cancelled, toProxy: call.toProxy(error) });
}

/** node:http and node:https. The end of an exchange is told by its socket: freed, closed or detached. */
export function watchHttp(tracker: Tracker): Omit<ConnectionEvents, 'onNew'> & { readonly library: Library } {
  const calls = notes();
  const callOn = (socket: Socket): HttpCall | undefined => {
    const request = requestOn(socket);
    return request && calls.get(request);
  };

  const onProxiedError = tracker.guard('http.proxied', function (this: ClientRequest, error: unknown) {
    failed(tracker, this, error);
  });
  // a script's agent tells of each proxy it tried, and raises an error that names none of their faults
  const onProxyTried = tracker.guard('http.proxy', function (this: ClientRequest, tried?: { error?: unknown }) {
    const call = calls.get(this);
    if (call) call.told = tried?.error;
  });

  tracker.subscribeLast('http.client.request.created', ({ request }: { request: ClientRequest }) => {
    if (request.method === 'CONNECT') return;
    const call = new HttpCall(request);
    if (!tracker.begin(call)) return;
    calls.set(request, call);
    // a tunnel that fails is told to the request alone; a monitor never counts as the error's handler
    if (call.throughProxy) request.on(errorMonitor, onProxiedError).on('proxy', onProxyTried);
  });

  const { answering, library } = watchRequests(tracker, (request) => calls.get(request));
  const handlers: Record<string, (message: never) => void> = {
    'http.client.request.start': ({ request }: { request: ClientRequest }) => {
      calls.get(request)?.onBodySent();
    },
    'http.client.response.finish': ({ request, response }: { request: ClientRequest; response: IncomingMessage }) => {
      const call = calls.get(request);
      if (!call || call.ended) return;
      if (call.answeredByProxy) {
        const error = new Error(`Proxy response (${response.statusCode}) to CONNECT`);
        tracker.end(call, { error, broken: true, toProxy: true });
        return;
      }
      call.onResponse(response);
      answering(call);
      if (isRedirect(call)) call.attempt?.redirects(call);
      if (tracker.watches(call) && !watchParser(tracker, call, response))
        watchPush(tracker, call, response, () => call.complete);
    },
    'http.client.request.error': ({ request, error }: { request: ClientRequest; error: unknown }) =>
      failed(tracker, request, error),
  };
  tracker.subscribe(handlers);

  const closed = (call: HttpCall, connection: Connection): void => {
    if (call.ended) return;
    call.useConnection(connection);
    if (call.upgradedUnasked) {
      tracker.end(call, { error: new Error('bad upgrade'), broken: true });
      return;
    }
    if (call.complete) {
      tracker.end(call);
      return;
    }
    const timer = timerOf(call, true);
    const cancelled = !timer.timedOut && !connection.peerEnded;
    tracker.end(call, { error: call.destroyedWith, broken: true, ...timer, cancelled });
  };

  return {
    library,
    onFree: (socket) => {
      const call = callOn(socket);
      // given back unused: the request was destroyed before it got the socket, and its error comes next
      if (call?.status !== undefined) tracker.end(call);
    },
    onDetached: (socket) => {
      const request = requestOn(socket);
      const call = request && calls.get(request);
      const response = (request as { res?: IncomingMessage } | undefined)?.res;
      if (!call || call.ended || !response || !call.upgraded) return;
      call.onResponse(response);
      noteHandshake(call);
      tracker.end(call);
    },
    onClose: (connection) => {
      const call = callOn(connection.socket);
      if (!call || call.ended) return;
      // Without an answer node raises the error right after this event, or destroys in silence.
      if (call.status !== undefined) closed(call, connection);
      else process.nextTick(() => process.nextTick(tracker.guard('http.closed', () => closed(call, connection))));
    },
  };
}
