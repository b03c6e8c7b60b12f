import { readFileSync } from 'node:fs';
import { type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { request as requestTls } from 'node:https';
import { configuredToken, knownToken } from '../collector/pages/token.ts';
import { type Config, loadConfig } from '../src/config.ts';
import type { FailureRecord } from '../src/evidence/record.ts';
import { UsageError } from './command.ts';

/** The collector could not be asked; the message is one sentence for the user. */
export class CollectorError extends UsageError {}

const ANSWER_MAX = 16 * 1024 * 1024;

/** A collector that listens everywhere is asked on loopback. */
const hostOf = ({ httpHost }: Config): string =>
  (({ '0.0.0.0': '127.0.0.1', '::': '::1' }) as Record<string, string>)[httpHost] ?? httpHost;

/** Where the pages of the configured collector are, as host:port. */
export function addressOf(config: Config): string {
  const host = hostOf(config);
  return `${host.includes(':') ? `[${host}]` : host}:${config.httpPort}`;
}

export const noAnswer = (at: string, error: NodeJS.ErrnoException): CollectorError =>
  new CollectorError(
    `no collector answers at ${at} (${error.code ?? error.message}); FAULTLAYER_HTTP_HOST and FAULTLAYER_HTTP_PORT say where it is`,
  );
export const wantsToken = (at: string): CollectorError =>
  new CollectorError(`the collector at ${at} wants a token; set FAULTLAYER_HTTP_TOKEN to the one it was started with`);

/** Reads JSON from the running collector, at `FAULTLAYER_HTTP_HOST` and `_PORT`, with its token. */
export async function ask(path: string, env: NodeJS.ProcessEnv = process.env): Promise<unknown> {
  const { config } = loadConfig(env);
  const at = addressOf(config);
  const look = (): Promise<{ status: number; body: string }> =>
    get(config, path, knownToken(configuredToken(config), env));
  // The collector makes its token when it is first asked for one, so a second look may find it.
  const { status, body } = await look()
    .then((first) => (first.status === 401 ? look() : first))
    .catch((error: NodeJS.ErrnoException) => {
      throw noAnswer(at, error);
    });
  if (status === 401) throw wantsToken(at);
  if (status === 404) return undefined;
  if (status !== 200)
    throw new CollectorError(`the collector at ${at} answered ${status}: ${body.slice(0, 200).trim()}`);
  try {
    return JSON.parse(body);
  } catch {
    throw new CollectorError(`what answers at ${at} is not a faultlayer collector`);
  }
}

export interface Found {
  readonly failure: FailureRecord;
  /** The kept failures of its kind, newest first. */
  readonly group: FailureRecord[];
  readonly total: number;
}

/**
 * One kept failure by its ID, trace ID or request ID; the newest of its kind, and a word on stderr, where a flood has replaced it. With `exact`, what
 * acts on a call acts on no other: then it is an error that says what is kept.
 */
export async function findFailure(id: string, exact = false): Promise<Found | undefined> {
  const found = (await ask(`/api/failures/${encodeURIComponent(id)}`)) as (Found & { instead?: boolean }) | undefined;
  if (found?.instead && exact)
    throw new CollectorError(
      `${id} is no longer kept: of ${found.total} failures of its kind ${found.group.length} are, the newest is ${found.failure.id}`,
    );
  if (found?.instead)
    process.stderr.write(`faultlayer: ${id} is no longer kept; this is ${found.failure.id}, the newest of its kind\n`);
  return found;
}

/** The same, for who can do nothing without one. */
export async function needFailure(id: string, exact = false): Promise<Found> {
  const found = await findFailure(id, exact);
  if (found === undefined) throw new UsageError(`no failure '${id}' is kept; 'faultlayer failures' lists what is`);
  return found;
}

/** A request to the pages of a collector, encrypted where its certificate is configured. */
export function open(
  config: Config,
  path: string,
  more: RequestOptions,
  answer: (res: IncomingMessage) => void,
): ClientRequest {
  const options = { host: hostOf(config), port: config.httpPort, path, ...more };
  if (config.httpTlsCert === undefined) return request(options, answer);
  // the very certificate is known: its names do not matter
  const tls = {
    ca: readFileSync(config.httpTlsCert),
    checkServerIdentity: () => undefined,
    allowPartialTrustChain: true,
  };
  return requestTls({ ...options, ...tls }, answer);
}

function get(config: Config, path: string, token: string | undefined): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      accept: 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const req = open(config, path, { headers, timeout: 5000 }, (res) => {
      let body = '';
      res.setEncoding('utf8');
      res.on('data', (text: string) => {
        body += text;
        if (body.length > ANSWER_MAX) res.destroy(new Error('the answer is too long'));
      });
      res.on('end', () => resolve({ status: res.statusCode ?? 0, body }));
      res.on('error', reject);
    });
    req.on('timeout', () => req.destroy(Object.assign(new Error('no answer in 5 s'), { code: 'ETIMEDOUT' })));
    req.on('error', reject);
    req.end();
  });
}
