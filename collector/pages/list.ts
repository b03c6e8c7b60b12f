import { LAYERS } from '../../src/contract/index.ts';
import { FILTER_FIELDS, type Filter } from '../../src/evidence/filter.ts';
import { type FailureRecord, headlineOf } from '../../src/evidence/record.ts';
import type { Group } from '../evidence/store.ts';
import type { Recent } from '../overview.ts';
import { KEPT } from './detail.ts';
import { type Html, html, type Value } from './html.ts';
import { count, layout, percent, when } from './layout.ts';

/** What the kinds are ordered by. */
export type Sort = 'newest' | 'times' | 'first';

export interface ListView {
  readonly groups: readonly Group[];
  readonly recentOf: (newest: FailureRecord) => Recent | undefined;
  /** Every kind kept, for the choices of the filter. */
  readonly all: readonly Group[];
  readonly filter: Filter;
  readonly since: string;
  readonly sort: Sort;
  /** From 1. */
  readonly page: number;
  readonly nowMs: number;
  readonly problem: string | undefined;
}

/** Kinds on one page. */
const ROWS_MAX = 100;

const ORDER: Readonly<Record<Sort, readonly [words: string, by: (a: Group, b: Group) => number]>> = {
  newest: ['newest first', () => 0],
  times: ['most frequent first', (a, b) => b.total - a.total],
  first: ['latest to begin first', (a, b) => begun(b) - begun(a)],
};
const begun = (g: Group): number => g.records.at(-1)!.startMs;

/** Failures by layer and code, one row per kind. */
export function listPage(view: ListView): Html {
  const { groups } = view;
  const kinds = groups.length === 1 ? '1 kind' : `${groups.length} kinds`;
  return layout(
    'Failures',
    html`<h1>Failures <small>${kinds} of failure, ${ORDER[view.sort][0]}</small></h1>
${layerBar(view)}
${filterForm(view)}
${view.problem && html`<p class="problem" role="alert">${view.problem}</p>`}
${groups.length === 0 ? empty(view) : table(view)}`,
  );
}

const link = (filter: Readonly<Record<string, string | undefined>>): string => {
  const set = Object.entries(filter).filter((pair): pair is [string, string] => !!pair[1]);
  return set.length === 0 ? '/failures' : `/failures?${new URLSearchParams(set)}`;
};

const current = ({ filter, since, sort }: ListView): Record<string, string | undefined> => ({
  ...Object.fromEntries(FILTER_FIELDS.map((field) => [field, filter[field]])),
  text: filter.text,
  status: filter.status === undefined ? undefined : String(filter.status),
  since,
  sort: sort === 'newest' ? undefined : sort,
});

/** One chip per layer that has failures, in the order of the vocabulary; a second click takes the filter away. */
function layerBar(view: ListView): Html {
  const counts = new Map<string, number>();
  for (const g of view.all) counts.set(g.records[0]!.layer, (counts.get(g.records[0]!.layer) ?? 0) + g.total);
  const chips = LAYERS.filter((l) => counts.has(l.name)).map((l) => {
    const on = view.filter.layer === l.name;
    return html`<a class="chip ${l.owner}" href="${link({ ...current(view), layer: on ? undefined : l.name })}"${on && html` aria-current="true"`} title="${l.when}">${l.name} <b>${count(counts.get(l.name)!)}</b></a>`;
  });
  return html`<nav class="chips" aria-label="Layers">${chips}</nav>`;
}

function filterForm(view: ListView): Html {
  const choice = (field: 'service' | 'provider' | 'code', label: string): Html => {
    const values = [...new Set(view.all.map((g) => g.records[0]![field] ?? ''))].filter(Boolean).sort();
    const chosen = view.filter[field] ?? '';
    if (chosen && !values.includes(chosen)) values.unshift(chosen);
    return html`<label>${label}<select name="${field}"><option value="">all</option>${values.map(
      (v) => html`<option${v === chosen && html` selected`}>${v}</option>`,
    )}</select></label>`;
  };
  return html`<form class="filter" method="get" action="/failures" role="search">
<label class="grow">Search <input type="search" name="text" value="${view.filter.text ?? ''}" placeholder="request ID, trace, URL, message" maxlength="200" data-search></label>
${choice('service', 'Service')}${choice('provider', 'Provider')}${choice('code', 'Code')}
<label>Since <input name="since" value="${view.since}" placeholder="1h" size="5" maxlength="7"></label>
${view.filter.layer && html`<input type="hidden" name="layer" value="${view.filter.layer}">`}
<button>Filter</button>
</form>`;
}

const table = (view: ListView): Html => html`<table class="failures">
<thead><tr><th scope="col">Layer</th><th scope="col">Provider and code</th><th scope="col">Call</th><th scope="col">Service</th>${sortHead(view, 'times', 'Times')}<th scope="col" class="number">Rate now</th>${sortHead(view, 'first', 'Since')}${sortHead(view, 'newest', 'Newest')}<th scope="col">Request ID</th></tr></thead>
<tbody>
${rowsOf(view).map((g) => row(g, view))}
</tbody>
</table>
${pager(view)}
<p class="hint"><kbd>/</kbd> search, <kbd>j</kbd> <kbd>k</kbd> move, <kbd>Enter</kbd> open</p>`;

const rowsOf = ({ groups, sort, page }: ListView): Group[] =>
  groups.toSorted(ORDER[sort][1]).slice((page - 1) * ROWS_MAX, page * ROWS_MAX);

const sortHead = (view: ListView, sort: Sort, title: string): Html =>
  html`<th scope="col"${sort === 'times' && html` class="number"`}${view.sort === sort && html` aria-sort="descending"`}><a href="${link({ ...current(view), sort: sort === 'newest' ? undefined : sort })}">${title}</a></th>`;

function pager(view: ListView): Html | false {
  const pages = Math.ceil(view.groups.length / ROWS_MAX);
  if (pages <= 1) return false;
  const to = (page: number, text: string): Html =>
    html`<a href="${link({ ...current(view), page: page === 1 ? undefined : String(page) })}">${text}</a>`;
  return html`<nav class="pager" aria-label="Pages of the list">${view.page > 1 && to(view.page - 1, 'Newer')} <span>page ${view.page} of ${pages}</span> ${view.page < pages && to(view.page + 1, 'More')}</nav>`;
}

/** Failures a minute, their share of the calls, and a bar for each five minutes of the last hour. */
function rateNow(recent: Recent | undefined): Value {
  if (recent === undefined) return '–';
  const { perMinute, share, trend } = recent;
  const most = Math.max(...trend, 1);
  const bar = (failed: number, i: number): string =>
    failed > 0 ? `M${i * 5} 14v-${(failed / most) * 12 + 2}h4V14z` : '';
  const rate = perMinute > 0 && perMinute < 1 ? perMinute.toFixed(1) : count(perMinute);
  return html`<b>${rate}/min</b> <svg class="trend" width="59" height="14" role="img" aria-label="Failures in each 5 minutes of the last hour: ${trend.map(count).join(', ')}"><path d="${trend.map(bar).join('')}"></path></svg>
${share !== undefined && html`<span class="message">${percent(share, 1)} of calls</span>`}`;
}

function row(g: Group, { recentOf, nowMs }: ListView): Html {
  const r = g.records[0]!;
  return html`<tr>
<td><span class="chip ${r.owner}">${r.layer}</span></td>
<td><a class="row" href="/failures/${encodeURIComponent(r.id)}"><bdi>${r.provider}</bdi> <b><bdi>${headlineOf(r)}</bdi></b></a>${r.message && html`<span class="message"><bdi>${r.message}</bdi></span>`}</td>
<td class="mono"><bdi>${r.method} ${r.template ?? r.host}</bdi>${r.status !== undefined && html` <span class="status">${r.status}</span>`}</td>
<td class="whole"><bdi>${r.service}</bdi></td>
<td class="number times">${count(g.total)}</td>
<td class="number" data-label="now">${rateNow(recentOf(r))}</td>
<td class="since">${when(begun(g), nowMs)}</td>
<td class="newest">${when(r.startMs, nowMs)}</td>
<td class="mono id">${r.requestId === undefined ? 'none' : html`<bdi data-copy>${r.requestId}</bdi>`}</td>
</tr>`;
}

const empty = (view: ListView): Html =>
  view.all.length === 0
    ? html`<div class="empty"><h2>Nothing has failed yet</h2><p>Failed calls of preloaded services appear here within seconds:</p><pre>node --require faultlayer/register app.js</pre></div>`
    : html`<div class="empty"><h2>Nothing matches</h2>${view.filter.text && html`<p>${KEPT} A busier fleet finds the rest in Tempo, by the same words.</p>`}<p><a href="/failures">Show all failures</a></p></div>`;
