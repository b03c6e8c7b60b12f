import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { ProblemError } from './command.ts';

/** A dashboard's JSON model; only what is read here. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly templating?: { readonly list?: readonly { readonly name: string }[] };
  readonly [key: string]: unknown;
}
export interface Target {
  /** Base URL, a sub-path included. */
  readonly url: URL;
  readonly token: string;
  readonly folderUid: string;
  readonly folderTitle: string;
}
export type Outcome = 'created' | 'updated' | 'unchanged';

const TIMEOUT_MS = 15_000;

async function ask(target: Target, method: string, path: string, body?: unknown) {
  const url = new URL(`${target.url.pathname.replace(/\/$/, '')}${path}`, target.url);
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${target.token}`,
        accept: 'application/json',
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // A redirect of an API call is a wrong URL, and must not carry the token anywhere.
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    text = await answer.text();
  } catch (error) {
    const { message, cause } = error as Error;
    throw new ProblemError(`${method} ${url.pathname}: ${cause instanceof Error ? cause.message : message}`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ProblemError(`${method} ${url.pathname}: ${answer.status} and no JSON; is this Grafana's URL?`);
  }
  if (answer.status < 400 || answer.status === 404) return { status: answer.status, json };
  const said = (json as { message?: unknown }).message;
  const hint = answer.status === 401 || answer.status === 403 ? '; the token needs the role Editor' : '';
  throw new ProblemError(
    `${method} ${url.pathname}: ${answer.status}${typeof said === 'string' ? ` ${said}` : ''}${hint}`,
  );
}

/** Makes the folder unless it is there. https://grafana.com/docs/grafana/latest/developers/http_api/folder/ */
export async function ensureFolder(target: Target): Promise<Outcome> {
  if ((await ask(target, 'GET', `/api/folders/${target.folderUid}`)).status !== 404) return 'unchanged';
  const made = await ask(target, 'POST', '/api/folders', { uid: target.folderUid, title: target.folderTitle });
  if (made.status === 404) throw new ProblemError('POST /api/folders: 404; is this Grafana’s URL?');
  return 'created';
}

/** `id` and `version` are Grafana's own; everything else is ours. */
const content = ({ id: _id, version: _version, ...rest }: Record<string, unknown>): unknown => rest;

/**
 * Writes the dashboard unless Grafana has it already. Newer Grafana migrates what it stores, so when the stored model
 * differs from ours the newest version's message decides: it carries the hash of what was sent.
 * https://grafana.com/docs/grafana/latest/developers/http_api/dashboard/
 */
export async function pushDashboard(target: Target, dashboard: Dashboard): Promise<Outcome> {
  const message = `faultlayer sha256:${createHash('sha256').update(JSON.stringify(dashboard)).digest('hex').slice(0, 32)}`;
  const path = `/api/dashboards/uid/${dashboard.uid}`;
  const there = await ask(target, 'GET', path);
  if (there.status !== 404) {
    type There = { dashboard?: Record<string, unknown>; meta?: { folderUid?: string } };
    const { dashboard: stored, meta } = there.json as There;
    const inFolder = meta?.folderUid === undefined || meta.folderUid === target.folderUid;
    if (inFolder && isDeepStrictEqual(content(stored ?? {}), content(dashboard))) return 'unchanged';
    if (inFolder && (await newestMessage(target, path)) === message) return 'unchanged';
  }
  const written = await ask(target, 'POST', '/api/dashboards/db', {
    dashboard: { ...dashboard, id: null },
    folderUid: target.folderUid,
    overwrite: true,
    message,
  });
  if (written.status === 404) throw new ProblemError('POST /api/dashboards/db: 404; is this Grafana’s URL?');
  return there.status === 404 ? 'created' : 'updated';
}

/** Grafana 11.4 and newer wrap the list of versions in an object. */
async function newestMessage(target: Target, path: string): Promise<string | undefined> {
  const { status, json } = await ask(target, 'GET', `${path}/versions?limit=1`);
  if (status === 404) return undefined;
  const list = Array.isArray(json) ? json : (json as { versions?: unknown }).versions;
  const message = Array.isArray(list) ? (list[0] as { message?: unknown } | undefined)?.message : undefined;
  return typeof message === 'string' ? message : undefined;
}
