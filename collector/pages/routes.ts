import type { IncomingMessage } from 'node:http';
import { filterOf } from '../../src/evidence/filter.ts';
import type { CollectorContext, Route } from '../base/context.ts';
import { storeOf } from '../evidence/index.ts';
import { recentOf } from '../overview.ts';
import { SCRIPT } from './assets/script.ts';
import { STYLE } from './assets/style.ts';
import { detailPage, missingPage } from './detail.ts';
import { elsewhere } from './external-links.ts';
import { admitted, local } from './guard.ts';
import { listPage, type Sort } from './list.ts';
import { liveHandle } from './live.ts';
import { providersApi, providersHandle } from './providers.ts';
import { queryOf, redirect, sendAsset, sendHtml, sendJson, sendText } from './send.ts';
import { loginApi, signIn, signInOnce, signInPage, signOut } from './sign-in.ts';

type Handle = Route['handle'];

/** Refuses other hosts and origins (403), then asks for the token (401): a page with a form for people, a sentence for programs. */
const guarded = (kind: 'page' | 'api', handle: Handle): Handle =>
  local((req, res, ctx) => {
    if (admitted(req, ctx)) return handle(req, res, ctx);
    if (kind === 'page') return sendHtml(res, 401, signInPage(ctx, req.url ?? '/failures'));
    sendText(res, 401, 'a token is needed: Authorization: Bearer <token>', {
      'www-authenticate': 'Bearer realm="faultlayer"',
    });
  });

/** The last segment of a path, or undefined where it is not one clean ID. */
function idOf(req: IncomingMessage, prefix: string): string | undefined {
  const raw = (req.url ?? '').split(/[?#]/, 1)[0]!.slice(prefix.length);
  try {
    const id = decodeURIComponent(raw);
    return /^[^/\\\u0000-\u001f]{1,128}$/.test(id) && id !== '..' ? id : undefined;
  } catch {
    // no such ID: the answer is 404
    return undefined;
  }
}

function list(req: IncomingMessage, ctx: CollectorContext) {
  const query = queryOf(req);
  const nowMs = Date.now();
  const filter = filterOf((name) => query.get(name)?.slice(0, 300) ?? undefined, nowMs);
  const usable = 'problem' in filter ? {} : filter;
  // first: it raises the totals of what is listed
  const recent = recentOf(ctx, nowMs);
  return { query, nowMs, filter, usable, groups: storeOf(ctx).list(usable), recentOf: recent };
}

const sortOf = (text: string | null): Sort => (text === 'times' || text === 'first' ? text : 'newest');

const listHandle: Handle = (req, res, ctx) => {
  const { query, nowMs, filter, usable, groups, recentOf } = list(req, ctx);
  const view = {
    groups,
    recentOf,
    all: storeOf(ctx).list({}),
    filter: usable,
    since: query.get('since')?.slice(0, 7) ?? '',
    sort: sortOf(query.get('sort')),
    page: Math.min(1000, Math.max(1, Math.trunc(Number(query.get('page'))) || 1)),
    nowMs,
    problem: 'problem' in filter ? filter.problem : undefined,
  };
  sendHtml(res, 'problem' in filter ? 400 : 200, listPage(view));
};

const listApi: Handle = (req, res, ctx) => {
  const { filter, groups, recentOf } = list(req, ctx);
  if ('problem' in filter) return sendJson(res, 400, { error: filter.problem });
  const kinds = groups.map(({ total, records }) => ({ total, recent: recentOf(records[0]!), records }));
  sendJson(res, 200, { groups: kinds });
};

/** The failure a path names, else the newest of the kind that its ID belongs to. */
function one(req: IncomingMessage, ctx: CollectorContext, prefix: string) {
  const id = idOf(req, prefix);
  if (id === undefined) return undefined;
  const store = storeOf(ctx);
  const exact = store.find(id);
  if (exact !== undefined) store.pin(exact);
  const failure = exact ?? store.nearest(id);
  return failure && { failure, group: store.group(failure), instead: exact === undefined };
}

const detailHandle: Handle = (req, res, ctx) => {
  const found = one(req, ctx, '/failures/');
  if (!found) return sendHtml(res, 404, missingPage());
  const links = elsewhere(found.failure, ctx);
  sendHtml(res, 200, detailPage(found.failure, found.group, links, Date.now(), found.instead));
};

const detailApi: Handle = (req, res, ctx) => {
  const found = one(req, ctx, '/api/failures/');
  if (!found) return sendJson(res, 404, { error: 'no such failure is kept' });
  const { failure, group, instead } = found;
  sendJson(res, 200, { failure, group: group.records, total: group.total, instead });
};

const traceHandle: Handle = (req, res) => {
  const id = idOf(req, '/trace/');
  if (id === undefined || !/^[\da-f]{32}$/i.test(id)) return sendText(res, 404, 'not a trace ID');
  redirect(res, `/failures?text=${id}`);
};

export const PAGE_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/', handle: (_, res) => redirect(res, '/failures') },
  { method: 'GET', path: '/failures', handle: guarded('page', listHandle) },
  { method: 'GET', path: '/failures/*', handle: guarded('page', detailHandle) },
  { method: 'GET', path: '/trace/*', handle: guarded('page', traceHandle) },
  { method: 'GET', path: '/providers', handle: guarded('page', providersHandle) },
  { method: 'GET', path: '/api/providers', handle: guarded('api', providersApi) },
  { method: 'GET', path: '/api/failures', handle: guarded('api', listApi) },
  { method: 'GET', path: '/api/failures/live', handle: guarded('api', liveHandle) },
  { method: 'GET', path: '/api/failures/*', handle: guarded('api', detailApi) },
  { method: 'GET', path: '/api/login', handle: guarded('api', loginApi) },
  { method: 'GET', path: '/session', handle: signInOnce },
  { method: 'POST', path: '/session', handle: signIn },
  { method: 'POST', path: '/session/end', handle: signOut },
  { method: 'GET', path: '/assets/page.css', handle: (_, res) => sendAsset(res, 'text/css', STYLE) },
  { method: 'GET', path: '/assets/page.js', handle: (_, res) => sendAsset(res, 'text/javascript', SCRIPT) },
];
