import { PHASES } from '../../src/contract/index.ts';
import {
  batchText,
  type Check,
  checklistOf,
  retryText,
  reuseText,
  sentenceOf,
  streamText,
} from '../../src/evidence/checklist.ts';
import { curlOf, powershellOf } from '../../src/evidence/curl.ts';
import { escalationOf, utc } from '../../src/evidence/escalation.ts';
import { traceqlOf } from '../../src/evidence/log.ts';
import { type FailureRecord, headlineOf, statusBeside } from '../../src/evidence/record.ts';
import { notesOf, requestOf } from '../../src/evidence/request.ts';
import { type Group, STORE_LIMITS } from '../evidence/store.ts';
import { type Html, html, type Value } from './html.ts';
import { count, duration, layout, when } from './layout.ts';

/** One failure: what failed, what to check, how to repeat it, whom to tell. */
export function detailPage(r: FailureRecord, group: Group, links: Html, nowMs: number, instead = false): Html {
  const headline = headlineOf(r);
  return layout(
    `${r.provider} ${headline}`,
    html`<p class="crumbs"><a href="/failures">Failures</a> / <a href="/failures?${new URLSearchParams({ provider: r.provider }).toString()}"><bdi>${r.provider}</bdi></a></p>
${instead && html`<p class="notice" role="status">The failure you asked for is no longer kept. This is the newest of its kind.</p>`}
<h1><span class="chip ${r.owner}">${r.layer}</span> <bdi>${r.provider}</bdi> ${statusBeside(headline, r.status)} <b><bdi>${headline}</bdi></b></h1>
<p class="sentence"><bdi>${sentenceOf(r)}</bdi></p>
${links}
<p class="lead mono"><bdi>${r.method} ${r.url || r.host}</bdi></p>
${r.message && html`<blockquote><bdi>${r.message}</bdi></blockquote>`}
${facts(r, group, nowMs)}
<div class="columns">
<section aria-labelledby="checklist"><h2 id="checklist">Checklist</h2>
<ol class="checks">${checklistOf(r).map(check)}</ol>
<p class="hint">From this host, now: <code data-copy>npx faultlayer doctor ${r.id}</code></p></section>
<section aria-labelledby="timings"><h2 id="timings">Timings</h2>
${timings(r)}</section>
</div>
${reproduce(r)}
<section aria-labelledby="escalate"><h2 id="escalate">For the provider’s support</h2>
${block('escalation', escalationOf(group.records, group.total))}</section>
<section aria-labelledby="tempo"><h2 id="tempo">The same question in Tempo</h2>
${block('traceql', traceqlOf(r))}</section>
${bodies(r)}
${kin(r, group, nowMs)}`,
  );
}

function facts(r: FailureRecord, group: Group, nowMs: number): Html {
  const limit = r.rateLimit;
  const rows: (readonly [string, Value])[] = [
    ['Request ID', r.requestId ? html`<code data-copy><bdi>${r.requestId}</bdi></code>` : 'none came back'],
    [
      'Service',
      html`<bdi>${r.service}${r.serviceVersion && ` ${r.serviceVersion}`}${r.environment && ` (${r.environment})`}</bdi>`,
    ],
    ['When', html`${when(r.startMs, nowMs)} <span class="soft">${utc(r.startMs)} UTC</span>`],
    ['Times', `${count(group.total)} of this kind`],
    ['Owner', html`${OWNER[r.owner]}`],
    ['Reason', r.reason && html`<code>${r.reason}</code>`],
    ['Error', r.error && html`<code>${r.error}</code>`],
    ['Detail', r.detail && html`<bdi>${r.detail}</bdi>`],
    ['Batch', batchText(r)],
    ['Stream', streamText(r)],
    ['Deadline', r.deadline !== undefined && duration(r.deadline)],
    ['Connection', reuseText(r)],
    ['Attempt', `${r.attempt}${r.retryKind ? ` (${r.retryKind} retry)` : ''}`],
    ['Sent', r.sent],
    ['Repeat it', retryText(r)],
    [
      'Quota',
      limit?.remaining !== undefined &&
        `${limit.remaining}${limit.limit === undefined ? '' : ` of ${limit.limit}`} left`,
    ],
    ['Credentials', r.authScheme && r.authScheme !== 'none' && `${r.authScheme}${r.authExpired ? ', expired' : ''}`],
    ['Clock', r.clockOffset !== undefined && clockText(r.clockOffset)],
    ['Server', r.peer && html`<code>${r.peer}</code>${r.protocol && ` HTTP/${r.protocol}`}`],
    [
      'Answer headers',
      r.answeredBy?.map(([name, value]) => html`<div><code>${name}: <bdi>${value}</bdi></code></div>`),
    ],
    ['Trace', html`<code data-copy>${r.traceId}</code>`],
  ];
  return html`<dl class="facts">${rows.map(([name, value]) => value !== undefined && value !== false && value !== '' && html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** The provider’s `Date` has whole seconds, so less than two say nothing. */
const clockText = (offset: number): string =>
  Math.abs(offset) < 2
    ? 'agrees with the provider’s'
    : `${duration(Math.abs(offset))} ${offset > 0 ? 'behind' : 'ahead of'} the provider’s`;

const OWNER: Readonly<Record<string, string>> = {
  caller: 'caller: this service’s team',
  network: 'network: between the service and the provider',
  provider: 'provider: the other side',
  load: 'load: how much the caller asks for',
};

const MARK = { fine: '✓', here: '✗', open: '·' } as const;
const SAID = { fine: 'clear', here: 'failed here', open: 'open' } as const;

const check = (c: Check): Html =>
  html`<li class="${c.verdict}"><span class="mark" aria-hidden="true">${MARK[c.verdict]}</span><div><b>${c.title}</b> <span class="said">${SAID[c.verdict]}</span><p><bdi>${c.seen}</bdi></p>${c.next && html`<p class="next">${c.next}</p>`}</div></li>`;

/** Phases as a bar to scale. Widths are attributes, because the policy allows no inline style. */
function timings(r: FailureRecord): Html {
  const known = PHASES.filter((phase) => r.timings[phase] !== undefined);
  const total = r.durationMs / 1000;
  if (known.length === 0) return html`<p>${duration(total)} in all; no phase was seen.</p>`;
  const sum = Math.max(
    total,
    known.reduce((s, phase) => s + r.timings[phase]!, 0),
    1e-6,
  );
  let x = 0;
  const bars = known.map((phase) => {
    const width = (r.timings[phase]! / sum) * 100;
    const bar = html`<rect class="${phase}" x="${x.toFixed(2)}%" y="0" width="${Math.max(width, 0.4).toFixed(2)}%" height="14"></rect>`;
    x += width;
    return bar;
  });
  return html`<svg class="phases" width="100%" height="14" role="img" aria-label="Phases of the call">${bars}</svg>
<table class="timings"><tbody>${known.map((phase) => html`<tr><th scope="row"><span class="key ${phase}"></span>${phase}</th><td class="number">${duration(r.timings[phase]!)}</td></tr>`)}<tr><th scope="row">in all</th><td class="number">${duration(total)}</td></tr></tbody></table>`;
}

function reproduce(r: FailureRecord): Html {
  const template = requestOf(r);
  if (template === undefined)
    return html`<section><h2>Reproduce</h2><p>The call had no HTTP URL, so there is nothing to repeat.</p></section>`;
  const { command, variables } = curlOf(template);
  return html`<section aria-labelledby="reproduce"><h2 id="reproduce">Reproduce</h2>
${block('curl', command)}
${variables.length > 0 && html`<p class="hint">Set first: ${variables.map((v, i) => html`${i > 0 && ', '}<code>$${v}</code>`)}. No secret is kept, so none is here.</p>`}
${notesOf(r, template).map((note) => html`<p class="hint">${note}</p>`)}
<p class="hint">Or <code data-copy>npx faultlayer replay ${r.id}</code></p>
<details><summary>For PowerShell</summary>${block('powershell', powershellOf(template))}</details></section>`;
}

const block = (id: string, text: string): Html =>
  html`<div class="block"><pre id="${id}" tabindex="0">${text}</pre><button type="button" class="copy" data-for="${id}" hidden>Copy</button></div>`;

const bodies = (r: FailureRecord): Html =>
  html`${(['requestBody', 'responseBody'] as const).map(
    (side) =>
      r[side] !== undefined &&
      html`<section><h2>${side === 'requestBody' ? 'Request' : 'Response'} body <small>redacted</small></h2>${block(side, r[side]!)}</section>`,
  )}`;

/** Rows of the last table: the newest, the one that is shown, the first. */
const KIN = 20;
const shownKin = (r: FailureRecord, { records }: Group): readonly FailureRecord[] =>
  records.filter((k, i) => i < KIN || i === records.length - 1 || k.id === r.id);

const kin = (r: FailureRecord, group: Group, nowMs: number): Html | undefined =>
  group.records.length < 2
    ? undefined
    : html`<section aria-labelledby="kin"><h2 id="kin">Kept of this kind</h2><table class="failures"><thead><tr><th scope="col">When</th><th scope="col">Request ID</th><th scope="col">Call</th><th scope="col" class="number">Duration</th></tr></thead><tbody>${shownKin(
        r,
        group,
      ).map(
        (k) =>
          html`<tr${k.id === r.id && html` class="this"`}><td><a class="row" href="/failures/${encodeURIComponent(k.id)}">${when(k.startMs, nowMs)}</a></td><td class="mono"><bdi>${k.requestId ?? 'none'}</bdi></td><td class="mono"><bdi>${k.method} ${k.template ?? k.host}</bdi></td><td class="number">${duration(k.durationMs / 1000)}</td></tr>`,
      )}</tbody></table></section>`;

/** What is kept of a flood, for whoever looks for one call of it. */
export const KEPT = `Of every kind the newest ${STORE_LIMITS.perGroup} are kept, the first one, ${STORE_LIMITS.spread} spread over time, and of those that a page named (one a minute) or somebody opened the newest ${STORE_LIMITS.namedPerGroup}.`;

/** No failure has this ID, and none of its kind is kept. */
export const missingPage = (): Html =>
  layout(
    'Not kept',
    html`<div class="empty"><h1>This failure is not kept</h1><p>${KEPT} Without <code>FAULTLAYER_EVIDENCE_FILE</code> they end with the collector.</p><p><a href="/failures">Show all failures</a></p></div>`,
  );
