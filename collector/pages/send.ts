import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Html } from './html.ts';

/** Nothing loads, runs or is embedded but this server’s own style, script and forms. */
const CSP = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': CSP,
  'x-content-type-options': 'nosniff',
  // Not `no-referrer`: browsers would send `Origin: null` with this server’s own forms (Fetch standard, append a request Origin header).
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

const send = (
  res: ServerResponse,
  status: number,
  type: string,
  body: string,
  more: Record<string, string> = {},
): void => void res.writeHead(status, { ...HEADERS, 'content-type': `${type}; charset=utf-8`, ...more }).end(body);

export const sendHtml = (res: ServerResponse, status: number, page: Html): void =>
  send(res, status, 'text/html', page.text);
export const sendJson = (res: ServerResponse, status: number, value: unknown): void =>
  send(res, status, 'application/json', `${JSON.stringify(value)}\n`);
export const sendText = (res: ServerResponse, status: number, text: string, more: Record<string, string> = {}): void =>
  send(res, status, 'text/plain', `${text}\n`, more);
export const sendAsset = (res: ServerResponse, type: string, text: string): void =>
  send(res, 200, type, text, { 'cache-control': 'max-age=3600' });
/** To a path of this server only. */
export const redirect = (res: ServerResponse, path: `/${string}`): void =>
  send(res, 303, 'text/plain', '', { location: path });

export const queryOf = (req: IncomingMessage): URLSearchParams =>
  new URLSearchParams((req.url ?? '').split('?', 2)[1] ?? '');
