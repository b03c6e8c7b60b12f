import type { Route } from '../base/context.ts';
import { type Pair, pairsOf } from '../overview.ts';
import { type Html, html, type Value } from './html.ts';
import { count, duration, layout, percent } from './layout.ts';
import { sendHtml, sendJson } from './send.ts';

const days = (seconds: number, nowMs: number): string => `${Math.floor((seconds - nowMs / 1000) / 86_400)} d`;
const date = (seconds: number): string =>
  Math.abs(seconds) <= 8.64e12 ? new Date(seconds * 1000).toISOString().slice(0, 10) : 'no date';
/** Since when an endpoint is deprecated, and until when it answers. */
const retires = ({ deprecation, sunset }: Pair): string =>
  `${deprecation ? date(deprecation) : deprecation === 0 ? 'yes' : ''}${sunset ? ` until ${date(sunset)}` : ''}` || '–';
const NO_CALLS = html`<div class="empty"><h2>No call was counted yet</h2><p>Calls of preloaded services appear here within seconds.</p></div>`;

/** Numbers of a pair; a phone shows the titles beside them. */
const COLUMNS: readonly (readonly [title: string, value: (p: Pair, nowMs: number) => Value])[] = [
  ['Calls', (p) => count(p.calls)],
  ['Failing now', (p) => html`<b>${percent(p.now.failed, p.now.calls)}</b>`],
  ['Usual', (p) => percent(p.usual.failed, p.usual.calls)],
  ['Failures', (p) => count(p.failed)],
  ['p50 / p95', (p) => (p.p50 === undefined ? '–' : `${duration(p.p50)} / ${duration(p.p95!)}`)],
  ['First chunk p95', (p) => (p.firstChunkP95 === undefined ? '–' : duration(p.firstChunkP95))],
  ['In flight', (p) => (p.inFlight === undefined ? '–' : count(p.inFlight))],
  ['Rate limit left', (p) => (p.rateLimitRemaining === undefined ? '–' : percent(p.rateLimitRemaining, 1))],
  ['Certificate', (p, nowMs) => (p.certificateEnds === undefined ? '–' : days(p.certificateEnds, nowMs))],
  ['Deprecated', retires],
];

const table = (pairs: readonly Pair[], nowMs: number): Html => html`<table class="failures providers">
<thead><tr><th scope="col">Provider</th><th scope="col">Service</th>${COLUMNS.map(([title]) => html`<th scope="col" class="number">${title}</th>`)}</tr></thead>
<tbody>
${pairs.map((pair) => row(pair, nowMs))}
</tbody>
</table>
<p class="hint">Calls and failures are counted since the collector started.</p>`;

function row(p: Pair, nowMs: number): Html {
  const link = `/failures?${new URLSearchParams({ provider: p.provider, service: p.service }).toString()}`;
  return html`<tr>
<td><a class="row" href="${link}"><bdi>${p.provider}</bdi></a></td>
<td class="whole"><bdi>${p.service}</bdi></td>
${COLUMNS.map(([title, value]) => html`<td class="number" data-label="${title}">${value(p, nowMs)}</td>`)}
</tr>`;
}

/** External providers by service: calls, failing share, latency, head-room. */
export const providersHandle: Route['handle'] = (_req, res, ctx) => {
  const pairs = pairsOf(ctx);
  const main = pairs.length === 0 ? NO_CALLS : table(pairs, Date.now());
  const title = html`<h1>Providers <small>the last 5 minutes against the hour before</small></h1>`;
  sendHtml(res, 200, layout('Providers', [title, main]));
};
export const providersApi: Route['handle'] = (_req, res, ctx) => sendJson(res, 200, { pairs: pairsOf(ctx) });
