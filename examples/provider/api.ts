import { randomBytes } from 'node:crypto';

/** What a listener needs to answer one request. */
export interface Ask {
  readonly method: string;
  readonly path: string;
  header(name: string): string | undefined;
}
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One provider the example imitates: its host, its success answers and the exact shape of its errors. */
export interface Api {
  readonly name: string;
  readonly host: string;
  /** False where every answer ends its connection, so that each call looks the name up and shakes hands anew. */
  readonly keepAlive: boolean;
  /** A new request ID in the provider's own format. */
  requestId(): string;
  /** Whether the credential is one this provider accepts. */
  accepts(ask: Ask): boolean;
  ok(ask: Ask, id: string): Answer;
  unauthorized(ask: Ask, id: string): Answer;
  throttled(ask: Ask, id: string): Answer;
  outage(ask: Ask, id: string): Answer;
}

export const json = (status: number, headers: Record<string, string>, body: unknown): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/** Random text over an alphabet, for identifiers. */
export const random = (length: number, alphabet: string): string =>
  Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join('');

export const HEX = '0123456789abcdef';
export const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
export const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
