import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { isLoopback } from '../../src/aggregate/index.ts';
import type { CollectorContext, Route } from '../base/context.ts';
import { sendText } from './send.ts';
import { ensureToken } from './token.ts';

const COOKIE = 'faultlayer_session';
const SESSION_S = 12 * 3600;

const TOKENS = new WeakMap<CollectorContext, string>();

/** The token of this collector; made when it is first needed. */
export function tokenOf(ctx: CollectorContext): string {
  const token = TOKENS.get(ctx) ?? ensureToken(ctx.config.httpToken, process.env);
  TOKENS.set(ctx, token);
  return token;
}

/** Without a port, brackets and the dot of the DNS root. */
const nameOf = (host: string): string =>
  host
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[|[\].]$/g, '');

/** Whether a `Host` is an address, `localhost`, or a name that was configured. */
export function isServed(host: string, { config: { httpHosts, publicUrl } }: CollectorContext): boolean {
  const name = nameOf(host);
  const own = publicUrl === undefined ? undefined : new URL(publicUrl).hostname;
  return name === 'localhost' || name === own || isIP(name) !== 0 || httpHosts.some((h) => nameOf(h) === name);
}

/**
 * Why a request must not be answered at all, or undefined. A web page of another origin may send requests to a local port (DNS rebinding,
 * CVE-2025-66414; cross-site forms): the Host must be an address, `localhost` or configured, and an Origin must be this very server.
 */
export function foreign(req: IncomingMessage, ctx: CollectorContext): string | undefined {
  const host = req.headers.host;
  if (host === undefined) return 'a Host header is needed';
  if (!isServed(host, ctx)) return 'this host name is not served here; FAULTLAYER_HTTP_HOSTS adds names';
  const { origin } = req.headers;
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`)
    return 'requests from other origins are not answered';
  const site = req.headers['sec-fetch-site'];
  if (req.method !== 'GET' && req.method !== 'HEAD' && site !== undefined && site !== 'same-origin')
    return 'requests from other sites are not answered';
  return undefined;
}

/** Answers only requests that are not {@link foreign}. */
export const local =
  (handle: Route['handle']): Route['handle'] =>
  (req, res, ctx) => {
    const reason = foreign(req, ctx);
    return reason === undefined ? handle(req, res, ctx) : sendText(res, 403, reason);
  };

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const same = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

const FORWARDED = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'];

/** From this host itself, and not handed on by a proxy on it. */
const isLocal = (req: IncomingMessage): boolean =>
  isLoopback(req.socket.remoteAddress) && FORWARDED.every((name) => req.headers[name] === undefined);

/** Whether an address is this one, or in this network. */
function isIn(address: string, network: string): boolean {
  const [first = '', bits] = network.split('/');
  const list = new BlockList();
  list.addSubnet(first, Number(bits ?? (isIP(first) === 6 ? 128 : 32)), familyOf(first));
  return list.check(address, familyOf(address));
}
const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Sent by a proxy that was named, which says who the person is. */
function isFromProxy({ headers, socket }: IncomingMessage, { config }: CollectorContext): boolean {
  const user = headers['x-forwarded-user'] ?? headers['remote-user'];
  if (typeof user !== 'string' || user.trim() === '') return false;
  return config.trustedProxies.some((network) => isIn(socket.remoteAddress ?? '', network));
}

/**
 * Whether a request shows the token (`Authorization: Bearer`, never the query) or a session made from it, or comes from where none is asked for.
 * Host and Origin have been checked.
 */
export function admitted(req: IncomingMessage, ctx: CollectorContext): boolean {
  if ((ctx.config.openLocal && isLocal(req)) || isFromProxy(req, ctx)) return true;
  const token = tokenOf(ctx);
  const bearer = /^Bearer (\S+)$/i.exec(req.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return same(bearer, token);
  const cookie = new RegExp(`(?:^|;\\s*)${COOKIE}=([\\w.-]{1,200})`).exec(req.headers.cookie ?? '')?.[1];
  return cookie !== undefined && isSession(cookie, token);
}

export const isToken = (text: string, ctx: CollectorContext): boolean => same(text, tokenOf(ctx));

const sign = (expiry: string, token: string): string =>
  createHmac('sha256', token).update(`session ${expiry}`).digest('base64url');

function isSession(cookie: string, token: string): boolean {
  const [expiry = '', signature = ''] = cookie.split('.');
  return Number(expiry) * 1000 > Date.now() && same(signature, sign(expiry, token));
}

/** Cookies do not know ports, so the session is no token: another service on this host that sees it can read pages until it ends, no more. */
export function startSession(res: ServerResponse, ctx: CollectorContext): void {
  const expiry = String(Math.floor(Date.now() / 1000) + SESSION_S);
  setCookie(res, `${expiry}.${sign(expiry, tokenOf(ctx))}`, SESSION_S);
}

export const endSession = (res: ServerResponse): void => setCookie(res, '', 0);

/** Encrypted up to here, or up to a proxy before us. */
const isTls = (res: ServerResponse): boolean =>
  (res.socket as { encrypted?: boolean } | null)?.encrypted === true ||
  res.req.headers['x-forwarded-proto'] === 'https';

const setCookie = (res: ServerResponse, value: string, seconds: number): void =>
  void res.setHeader(
    'set-cookie',
    `${COOKIE}=${value}; HttpOnly; SameSite=Lax; Path=/; Max-Age=${seconds}${isTls(res) ? '; Secure' : ''}`,
  );
