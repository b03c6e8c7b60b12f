import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { request as requestTls } from 'node:https';
import { text as textOf } from 'node:stream/consumers';
import { configuredToken, knownToken } from '../collector/pages/token.ts';
import { type Config, loadConfig } from '../src/config.ts';
import { type Filter, filterOf } from '../src/evidence/filter.ts';
import type { FailureRecord } from '../src/evidence/record.ts';
import type { Group } from '../src/evidence/why.ts';
import { say, text, UsageError } from './command.ts';

const TIMEOUT_MS = 5000;

/** A collector that listens everywhere is asked on loopback. */
const hostOf = ({ httpHost }: Config): string =>
  (({ '0.0.0.0': '127.0.0.1', '::': '::1' }) as Record<string, string>)[httpHost] ?? httpHost;

/** Where the pages of the configured collector are. */
export function pagesOf(config: Config): string {
  const host = hostOf(config);
  const scheme = config.httpTlsCert === undefined ? 'http' : 'https';
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${config.httpPort}`;
}

export const noAnswer = (at: string, error: NodeJS.ErrnoException): UsageError =>
  new UsageError(
    `no collector answers at ${at} (${error.code === 'ABORT_ERR' ? 'no answer in 5 s' : (error.code ?? error.message)}); 'faultlayer collector' starts one; for another, such as that of 'faultlayer dev', set FAULTLAYER_HTTP_PORT and FAULTLAYER_HTTP_TOKEN`,
  );
export const wantsToken = (at: string): UsageError =>
  new UsageError(`the collector at ${at} wants a token; set FAULTLAYER_HTTP_TOKEN to the one it was started with`);

/** Reads JSON from the running collector, at `FAULTLAYER_HTTP_HOST` and `_PORT`, with its token. */
export async function ask(path: string, env: NodeJS.ProcessEnv = process.env): Promise<unknown> {
  const { config } = loadConfig(env);
  const at = pagesOf(config);
  const look = () => get(config, path, knownToken(configuredToken(config), env));
  // The collector makes its token when it is first asked for one, so a second look may find it.
  const { status, body } = await look()
    .then((first) => (first.status === 401 ? look() : first))
    .catch((error: NodeJS.ErrnoException) => {
      throw noAnswer(at, error);
    });
  if (status === 401) throw wantsToken(at);
  if (status === 404) return undefined;
  if (status !== 200) throw new UsageError(`the collector at ${at} answered ${status}: ${body.slice(0, 200).trim()}`);
  try {
    return JSON.parse(body);
  } catch {
    throw new UsageError(`what answers at ${at} is not a faultlayer collector`);
  }
}

export interface Found {
  readonly failure: FailureRecord;
  /** The kept failures of its kind, newest first. */
  readonly group: FailureRecord[];
  readonly total: number;
}

/**
 * One kept failure by its ID, trace ID or request ID. Where a flood has replaced it, the newest of its kind, and a word on stderr.
 * Commands that act on a call must act on no other: with `exact` that is an error, which says what is kept.
 */
export async function needFailure(id: string, exact = false): Promise<Found> {
  const found = (await ask(`/api/failures/${encodeURIComponent(id)}`)) as (Found & { instead?: boolean }) | undefined;
  if (found === undefined) throw new UsageError(`no failure '${id}' is kept; 'faultlayer failures' lists what is`);
  if (!found.instead) return found;
  const { failure, group, total } = found;
  if (exact)
    throw new UsageError(
      `${id} is no longer kept: of ${total} failures of its kind ${group.length} are, the newest is ${failure.id}`,
    );
  say(`${id} is no longer kept; this is ${failure.id}, the newest of its kind`);
  return found;
}

/** A request to the pages of a collector, encrypted where its certificate is configured. */
function open(config: Config, path: string, more: RequestOptions): ClientRequest {
  const options = { host: hostOf(config), port: config.httpPort, path, ...more };
  if (config.httpTlsCert === undefined) return request(options);
  // the very certificate is known: its names do not matter
  const ca = readFileSync(config.httpTlsCert);
  return requestTls({ ...options, ca, checkServerIdentity: () => undefined, allowPartialTrustChain: true });
}

async function get(config: Config, path: string, token: string | undefined) {
  const headers = { accept: 'application/json', ...bearer(token) };
  const request = open(config, path, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const [answer] = (await once(request.end(), 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, body: await textOf(answer) };
}

/** A header that carries the token, where there is one. */
const bearer = (token: string | undefined): { authorization?: string } =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };

/**
 * Follows the live feed of a collector; `onFailure` is called with each failure. `ended` resolves when the collector ends the feed or goes
 * away, and rejects where the feed never began.
 */
export function follow(config: Config, token: string | undefined, onFailure: (failure: FailureRecord) => void) {
  const request = open(config, '/api/failures/live', { headers: { accept: 'text/event-stream', ...bearer(token) } });
  const ended = (async () => {
    const [answer] = (await once(request.end(), 'response')) as [IncomingMessage];
    if (answer.statusCode !== 200) {
      request.destroy();
      throw Object.assign(new Error(`it answered ${answer.statusCode}`), { status: answer.statusCode });
    }
    let rest = '';
    answer.setEncoding('utf8').on('data', (text: string) => {
      const events = (rest + text).split('\n\n');
      rest = events.pop()!;
      for (const event of events) if (event.startsWith('data: ')) onFailure(JSON.parse(event.slice(6)).failure);
    });
    await new Promise((resolve) => answer.on('close', resolve));
  })();
  return { ended, close: () => void request.destroy() };
}

/** What failures may be narrowed by, wherever they are listed. */
export const FILTER_OPTIONS = {
  service: text('name', 'only of this service'),
  provider: text('name', 'only of this provider'),
  layer: text('name', 'only at this layer: dns, tcp, tls, auth, payload, throttling, service …'),
  code: text('code', "only with this code of the provider's"),
  host: text('name', 'only to this host'),
  status: text('code', 'only with this HTTP status'),
} as const;

const FIELDS = [...Object.keys(FILTER_OPTIONS), 'since', 'text'];

/** The filter in a command's values; read before anything is asked, so that a mistake costs no round trip. */
export function filterFrom(values: object): { readonly filter: Filter; readonly query: URLSearchParams } {
  const asked = values as Readonly<Record<string, string | undefined>>;
  const given = FIELDS.flatMap((name) => (asked[name] === undefined ? [] : [[name, asked[name]] as [string, string]]));
  const query = new URLSearchParams(given);
  const filter = filterOf((name) => query.get(name) ?? undefined, Date.now());
  if ('problem' in filter) throw new UsageError(`--${filter.problem}`);
  return { filter, query };
}

/** Kinds that the running collector keeps, the newest first. */
export async function askGroups(values: object): Promise<Group[]> {
  const { query } = filterFrom(values);
  return ((await ask(`/api/failures?${query}`)) as { groups: Group[] }).groups;
}
