import type { IncomingMessage } from 'node:http';

const FORM_MAX = 4096;

/** A small URL-encoded form, or undefined for anything else. */
export async function readForm(req: IncomingMessage): Promise<URLSearchParams | undefined> {
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(req.headers['content-type'] ?? '')) return undefined;
  let body = '';
  req.setEncoding('utf8');
  for await (const chunk of req as AsyncIterable<string>) {
    body += chunk;
    if (body.length > FORM_MAX) return undefined;
  }
  return new URLSearchParams(body);
}
