import type { Http2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { beside } from '../../base/beside.ts';
import { type Connection, connectionOf } from '../connections.ts';

export interface Session {
  /** undici speaks HTTP/2 through node:http2 and tells its calls itself. */
  readonly undici: boolean;
  readonly connection: Connection | undefined;
  /** Of the GOAWAY that the server sent. */
  readonly goawayCode: number | undefined;
  readonly destroyed: boolean;
}

const sessions = beside<Http2Session, Session>();

/** What is known of a session, read once: whose it is and, behind node's proxy object, its socket. */
export function sessionOf(session: Http2Session | undefined): Session | undefined {
  if (!session) return undefined;
  let known = sessions.get(session);
  if (!known) {
    const own = session as unknown as Record<symbol, unknown>;
    let socket: unknown;
    let undici = false;
    let state: { goawayCode?: number | null } | undefined;
    for (const symbol of Object.getOwnPropertySymbols(session)) {
      if (symbol.description === 'open streams') undici = true;
      if (symbol.description === 'state') state = own[symbol] as typeof state;
      if (symbol.description === 'socket') socket ??= own[symbol];
    }
    known = {
      undici,
      connection: connectionOf(socket as Socket | undefined),
      get goawayCode() {
        return state?.goawayCode ?? undefined;
      },
      get destroyed() {
        return session.destroyed;
      },
    };
    sessions.set(session, known);
  }
  return known;
}
