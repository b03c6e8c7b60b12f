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

/** RFC 9113 §7, by number. */
const CODES =
  'NO_ERROR PROTOCOL_ERROR INTERNAL_ERROR FLOW_CONTROL_ERROR SETTINGS_TIMEOUT STREAM_CLOSED FRAME_SIZE_ERROR REFUSED_STREAM CANCEL COMPRESSION_ERROR CONNECT_ERROR ENHANCE_YOUR_CALM INADEQUATE_SECURITY HTTP_1_1_REQUIRED'.split(
    ' ',
  );
const CANCEL = 8;

const codeName = (code: number): string => CODES[code] ?? `code ${code}`;

/** What ended a stream without an error of its own: the code of the frame, and whose it was. */
export interface Ended {
  readonly cancelled: boolean;
  readonly error?: Error & { code: string };
}

/**
 * Node raises no error for CANCEL and NO_ERROR. When a session ends, its streams are closed with CANCEL, too: it was the server's doing if it had said
 * GOAWAY or hung up, and the application's if not.
 */
export function endOf(rstCode: number | undefined, session: Session | undefined): Ended {
  const away = session?.goawayCode;
  if (away !== undefined)
    return { cancelled: false, error: raised(`Session ended by the server: GOAWAY ${codeName(away)}`) };
  if (session?.connection?.peerEnded) return { cancelled: false };
  const isQuiet = rstCode === undefined || rstCode === 0;
  if (rstCode === CANCEL || (isQuiet && session?.destroyed)) return { cancelled: true };
  return isQuiet
    ? { cancelled: false }
    : { cancelled: false, error: raised(`Stream closed with error code NGHTTP2_${codeName(rstCode)}`) };
}

const raised = (message: string): Error & { code: string } =>
  Object.assign(new Error(message), { code: 'ERR_HTTP2_STREAM_ERROR' });
