/**
 * What a scrape costs: CPU milliseconds to render a page of 100 000 series, faultlayer's families beside prom-client with the same
 * labels and buckets, interleaved, medians; then with a tenth of the label sets changed since the last scrape, and with exemplars.
 *
 *   node bench/scrape.ts [rounds=7] [label sets=5556]
 */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Counter, Histogram, Registry } from 'prom-client';
import { Aggregator, Exposition, Observer } from '../src/aggregate/index.ts';
import type { Budget } from '../src/aggregate/shares.ts';
import { METRICS, type MetricKey } from '../src/contract/index.ts';

const rounds = Number(process.argv[2] ?? 7);
/** Each makes 21 series: a counter, seventeen buckets, one without bound, sum and count. */
const sets = Number(process.argv[3] ?? 5556);

const budgets = Object.fromEntries(
  Object.keys(METRICS).map((key) => [key, { floor: 0, pool: 2 * sets + 2 }]),
) as Record<MetricKey, Budget>;
const LAYERS = ['', 'dns', 'tcp', 'tls', 'wait', 'auth', 'payload', 'service'];

interface Row {
  readonly attributes: Record<string, unknown>;
  readonly resource: Record<string, unknown>;
}
const rows: Row[] = Array.from({ length: sets }, (_, i) => ({
  resource: { 'service.name': `service-${i % 40}` },
  attributes: {
    'api.provider.name': `provider-${Math.floor(i / 40) % 40}`,
    'http.request.method': ['GET', 'POST', 'PUT', 'DELETE'][Math.floor(i / 1600) % 4],
    'api.status.class': '2xx',
    'http.response.status_code': 200,
    'url.template': '/v1/things/{id}',
    'server.address': 'api.example.com',
    'api.failure.layer': LAYERS[Math.floor(i / 6400) % 8],
    'api.provider.request_id': `req_${i}`,
  },
}));
const ids = { traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174' };

const aggregator = new Aggregator({ budgets });
const exposition = new Exposition(aggregator);
const observer = new Observer(aggregator);

const register = new Registry();
const openRegister = new Registry('application/openmetrics-text; version=1.0.0; charset=utf-8');
const build = (registers: Registry[], enableExemplars: boolean) => ({
  calls: new Counter({
    name: METRICS.calls.name,
    help: METRICS.calls.help,
    labelNames: [...METRICS.calls.labels],
    registers,
  }),
  duration: new Histogram({
    name: METRICS.duration.name,
    help: METRICS.duration.help,
    labelNames: [...METRICS.duration.labels],
    buckets: [...METRICS.duration.buckets],
    registers,
    ...(enableExemplars && { enableExemplars }),
  }),
});
const theirs = build([register], false);
const theirsOpen = build([openRegister], true);
const labelsOf = (row: Row, names: readonly string[]) =>
  Object.fromEntries(
    names.map((name) => {
      const attribute = name.replaceAll('_', '.');
      const key = Object.keys(row.attributes).find((k) => k.replaceAll('_', '.') === attribute);
      return [name, String((key ? row.attributes[key] : row.resource['service.name']) ?? '')];
    }),
  );

function touch(share: number): void {
  const every = Math.round(1 / share);
  for (const [i, row] of rows.entries()) {
    if (i % every !== 0) continue;
    const seconds = (i % 97) / 40;
    observer.observe(row.attributes, row.resource, seconds, ids);
    const duration = labelsOf(row, METRICS.duration.labels);
    theirs.calls.inc(labelsOf(row, METRICS.calls.labels));
    theirs.duration.observe(duration, seconds);
    theirsOpen.calls.inc(labelsOf(row, METRICS.calls.labels));
    theirsOpen.duration.observe({ labels: duration, value: seconds, exemplarLabels: { ...ids } } as never);
  }
}

async function cpuMs(render: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await render();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const series = (page: string): number => page.split('\n').filter((l) => l !== '' && !l.startsWith('#')).length;

/** As the collector does: piece by piece. */
function render(openMetrics: boolean): void {
  for (const piece of exposition.pieces(openMetrics ? 'openMetrics' : 'text'))
    if (piece.length === 0) throw new Error('an empty page');
}

const cases: { name: string; share: number; ours: () => unknown; theirs: () => unknown }[] = [
  { name: 'all changed', share: 1, ours: () => render(false), theirs: () => register.metrics() },
  {
    name: 'all changed, exemplars',
    share: 1,
    ours: () => render(true),
    theirs: () => openRegister.metrics(),
  },
  { name: 'a tenth changed', share: 0.1, ours: () => render(false), theirs: () => register.metrics() },
];
/** Bytes of heap and buffers that these label sets take, and then one page in the format with exemplars. */
function memory(): { sets: number; page: number } {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const held = (): number => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = held();
  const filled = new Aggregator({ budgets });
  const fill = new Observer(filled);
  for (const { attributes, resource } of rows) fill.observe(attributes, resource, 0.1, ids);
  const full = held();
  const pages = new Exposition(filled);
  for (const piece of pages.pieces('openMetrics')) if (piece.length === 0) throw new Error('an empty page');
  return { sets: full - before, page: held() - full };
}

const bytes = memory();
touch(1);
for (const c of cases)
  for (let n = 0; n < 2; n++) {
    await c.ours();
    await c.theirs();
  }
process.stdout.write(
  `${series(new TextDecoder().decode(exposition.render('text')))} series here, ${series(await register.metrics())} in prom-client\n`,
);
const perSeries = (held: number): string => (held / (sets * 21)).toFixed(0);
process.stdout.write(
  `${perSeries(bytes.sets)} bytes a series, ${perSeries(bytes.page)} more for the text kept of a page\n`,
);
for (const c of cases) {
  const ours: number[] = [];
  const other: number[] = [];
  for (let round = 0; round < rounds; round++) {
    touch(c.share);
    if (round % 2 === 0) ours.push(await cpuMs(c.ours));
    other.push(await cpuMs(c.theirs));
    if (round % 2 === 1) ours.push(await cpuMs(c.ours));
  }
  const ratio = median(other.map((v, i) => v / ours[i]!));
  process.stdout.write(
    `${c.name.padEnd(24)} ${median(ours).toFixed(1).padStart(8)} ms   prom-client ${median(other).toFixed(1).padStart(8)} ms   ${ratio.toFixed(1)}×\n`,
  );
}
