import type { Http2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { Memory } from '../../../src/memo.ts';
import { beside } from '../../base/side-map.ts';
import { type Connection, connectionOf } from '../connections.ts';

/** What is known of a session, read once: whose it is and, behind node's proxy object, its socket. */
export class Session {
  /** undici speaks HTTP/2 through node:http2 and tells its calls itself. */
  readonly undici: boolean;
  readonly connection: Connection | undefined;
  private readonly session: Http2Session;
  private readonly state: { readonly goawayCode?: number | null } | undefined;

  constructor(session: Http2Session) {
    const own = session as unknown as Record<symbol, unknown>;
    const symbols = Object.getOwnPropertySymbols(session);
    const of = (name: string) => symbols.find(({ description }) => description === name);
    const [state, socket] = [of('state'), of('socket')];
    this.session = session;
    this.undici = of('open streams') !== undefined;
    this.connection = connectionOf(socket && (own[socket] as Socket));
    this.state = state && (own[state] as Session['state']);
  }

  /** Of the GOAWAY that the server sent. */
  get goawayCode(): number | undefined {
    return this.state?.goawayCode ?? undefined;
  }
  get destroyed(): boolean {
    return this.session.destroyed;
  }
}

const known = Memory.part(() => beside<Http2Session, Session>());

export function sessionOf(session: Http2Session | undefined): Session | undefined {
  if (!session) return undefined;
  const sessions = known();
  if (!sessions.has(session)) sessions.set(session, new Session(session));
  return sessions.get(session);
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
