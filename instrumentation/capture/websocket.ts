import { Memory } from '../../src/memo.ts';
import { now } from '../base/now.ts';
import { beside } from '../base/side-map.ts';
import type { Call } from './call.ts';
import { before, type Library } from './patch.ts';
import { RefusedCall } from './refused.ts';
import type { Tracker } from './tracker.ts';

/** A session, from its handshake on. */
type Session = { readonly url: string; readonly startMs: number; readonly handshake: Call | undefined };
type Socket = { readonly url?: unknown };
/** An object of the class of `ws`. */
interface WsSocket extends Socket {
  readonly _isServer?: boolean;
  readonly _closeCode?: unknown;
}

/** RFC 6455 §7.4: closed as meant, going away, no code given. */
const MEANT = new Set([1000, 1001, 1005]);
/** Codes from here on are the application's own protocol's. */
const OWN = 3000;
const isAbnormal = (code: number): boolean => code >= 1000 && code < OWN && !MEANT.has(code);

/** Handshakes just granted, whose sockets the next turns will open; more at once are not linked. */
const LIMIT = 64;
const handshakes = Memory.part(() => new Map<string, Call>());
const addressOf = (url: string): string => url.replace(/^(?:ws|http)/, '');

/** A handshake was answered with 101. */
export function noteHandshake(call: Call): void {
  const granted = handshakes();
  if (call.requestHeader('sec-websocket-key') === undefined || granted.size >= LIMIT) return;
  const address = addressOf(call.url());
  granted.set(address, call);
  setTimeout(() => granted.delete(address), 1000).unref();
}

const WELL = { phase: 'body', headers: {}, timedOut: false, cancelled: false } as const;

/** How WebSocket sessions end: node's own by the channels of undici, those of `ws` by what its class calls when it opens and closes. */
export function watchWebSockets(tracker: Tracker): Library {
  const sessions = beside<object, Session>();
  const opened = (socket: object): void => {
    const url = String((socket as Socket).url);
    sessions.set(socket, { url, startMs: now(), handshake: handshakes().get(addressOf(url)) });
  };
  const closed = (socket: object, code: unknown): void => {
    const session = sessions.get(socket);
    if (!session || typeof code !== 'number' || !isAbnormal(code)) return;
    const url = session.url.replace(/^ws/, 'http');
    const call = new RefusedCall('http', 'GET', url, { ...WELL, startMs: session.startMs });
    call.status = 101;
    call.endMs = now();
    tracker.sink.socketEnded?.(call, session.handshake, code);
  };
  tracker.subscribe({
    'undici:websocket:open': ({ websocket }: { websocket: object }) => opened(websocket),
    'undici:websocket:close': ({ websocket, code }: { websocket: object; code: unknown }) => closed(websocket, code),
  });
  const opens = tracker.guard('ws.open', (socket: WsSocket) => {
    if (socket._isServer !== true) opened(socket);
  });
  const closes = tracker.guard('ws.close', (socket: WsSocket) => closed(socket, socket._closeCode));
  return {
    // its ES module loads a neighbour first, which asks for the class as './websocket'
    request: /^ws$|[\\/]ws[\\/]index\.js$|[\\/]websocket(?:\.js)?$/,
    holder: ({ prototype }) => (typeof prototype?.setSocket === 'function' ? prototype : undefined),
    patch(prototype) {
      tracker.onStop(before(prototype, 'setSocket', opens));
      tracker.onStop(before(prototype, 'emitClose', closes));
    },
  };
}
