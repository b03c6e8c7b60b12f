import { NAME, VERSION } from '../../src/version.ts';
import type { Endpoint } from './endpoint.ts';

export const USER_AGENT = `${NAME}/${VERSION}`;

/** Header values come from environment variables: a line end in one would begin another header. */
const clean = (value: string): string => value.replace(/[\r\n\0]/g, ' ');

/** What stands before each body but for its length. */
export function requestHead({ url, headers, protocol }: Endpoint, path = url.pathname + url.search): string {
  const all = {
    host: url.host,
    ...headers,
    'content-type': protocol === 'http/json' ? 'application/json' : 'application/x-protobuf',
    'user-agent': USER_AGENT,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${clean(value)}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}`;
}

/** Head and body as one piece: one write, one packet. */
export function requestOf(head: string, body: Uint8Array, gzip: boolean): Uint8Array {
  const start = Buffer.from(
    `${head}${gzip ? 'content-encoding: gzip\r\n' : ''}content-length: ${body.length}\r\n\r\n`,
    'latin1',
  );
  return Buffer.concat([start, body]);
}
