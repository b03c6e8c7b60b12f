import type { Route } from '../base/context.ts';
import { type Pair, pairsOf } from '../overview/index.ts';
import { type Html, html, type Value } from './html.ts';
import { duration, layout } from './layout.ts';
import { sendHtml, sendJson } from './send.ts';

const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${((part / whole) * 100).toFixed(part > 0 && part / whole < 0.095 ? 1 : 0)} %`;
const count = (value: number): string => Math.round(value).toLocaleString('en-US');
const days = (seconds: number, nowMs: number): string => `${Math.floor((seconds - nowMs / 1000) / 86_400)} d`;
const NO_CALLS = html`<div class="empty"><h2>No call was counted yet</h2><p>Calls of preloaded services appear here within seconds.</p></div>`;

/** External providers by service: calls, failing share, latency, head-room. */
export function providersPage(pairs: readonly Pair[], nowMs: number): Html {
  return layout(
    'Providers',
    html`<h1>Providers <small>the last 5 minutes against the hour before</small></h1>
${pairs.length === 0 ? NO_CALLS : table(pairs, nowMs)}`,
  );
}

const table = (pairs: readonly Pair[], nowMs: number): Html => html`<table class="failures providers">
<thead><tr><th scope="col">Provider</th><th scope="col">Service</th><th scope="col" class="number">Calls</th><th scope="col" class="number">Failing now</th><th scope="col" class="number">Usual</th><th scope="col" class="number">Failures</th><th scope="col" class="number">p50 / p95</th><th scope="col" class="number">Rate limit left</th><th scope="col" class="number">Certificate</th></tr></thead>
<tbody>
${pairs.map((pair) => row(pair, nowMs))}
</tbody>
</table>
<p class="hint">Calls and failures are counted since the collector started.</p>`;

function row(p: Pair, nowMs: number): Html {
  const link = `/failures?${new URLSearchParams({ provider: p.provider, service: p.service }).toString()}`;
  const number = (value: Value): Html => html`<td class="number">${value}</td>`;
  return html`<tr>
<td><a class="row" href="${link}"><bdi>${p.provider}</bdi></a></td>
<td class="whole"><bdi>${p.service}</bdi></td>
${number(count(p.calls))}${number(html`<b>${percent(p.now.failed, p.now.calls)}</b>`)}${number(percent(p.usual.failed, p.usual.calls))}${number(count(p.failed))}
${number(p.p50 === undefined ? '–' : `${duration(p.p50)} / ${duration(p.p95!)}`)}
${number(p.rateLimitRemaining === undefined ? '–' : `${Math.round(p.rateLimitRemaining * 100)} %`)}
${number(p.certificateEnds === undefined ? '–' : days(p.certificateEnds, nowMs))}
</tr>`;
}

export const providersHandle: Route['handle'] = (_req, res, ctx) =>
  sendHtml(res, 200, providersPage(pairsOf(ctx), Date.now()));
export const providersApi: Route['handle'] = (_req, res, ctx) => sendJson(res, 200, { pairs: pairsOf(ctx) });
