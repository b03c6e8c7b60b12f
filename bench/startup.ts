/**
 * CPU time and memory a preload adds to the start of an application that does nothing, against
 * `@opentelemetry/auto-instrumentations-node/register`. Variants in random order within every round, the cheap ones several times because what
 * they add is below a millisecond; medians over the rounds. A second bare start shows what is noise.
 *
 *   node bench/startup.ts [rounds]     (default 15, two minutes; needs `npm run build`)
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const register = join(root, 'dist/instrumentation/register.cjs');
const QUIET = { OTEL_TRACES_EXPORTER: 'otlp', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };
/** Starts per round, but of the reference. */
const STARTS = 5;
const REFERENCE = 'auto-instrumentations';
const REPORT =
  'const u = process.resourceUsage(); process.stdout.write(JSON.stringify({ cpu: (u.userCPUTime + u.systemCPUTime) / 1000, rss: process.memoryUsage().rss / 1048576 })); process.exit(0)';

interface Variant {
  readonly preload?: string;
  readonly env?: Record<string, string>;
}
const VARIANTS: Record<string, Variant> = {
  bare: {},
  'bare, again': {},
  'an empty file': { preload: join(import.meta.dirname, 'support/empty.cjs') },
  [REFERENCE]: { preload: '@opentelemetry/auto-instrumentations-node/register' },
  faultlayer: { preload: register, env: { FAULTLAYER_SPANS: 'own' } },
  'faultlayer, adopting': { preload: register, env: { FAULTLAYER_SPANS: 'adopted' } },
  'faultlayer, switched off': { preload: register, env: { FAULTLAYER_DISABLED: 'true' } },
};
interface Cost {
  readonly cpu: number;
  readonly rss: number;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

async function measure(name: string): Promise<Cost> {
  const { preload, env } = VARIANTS[name]!;
  const args = [...(preload ? ['--require', preload] : []), '--eval', REPORT];
  const { stdout } = await run(process.execPath, args, { cwd: root, env: { ...process.env, ...QUIET, ...env } });
  return JSON.parse(stdout.slice(stdout.indexOf('{'))) as Cost;
}

const shuffled = <T>(values: readonly T[]): T[] =>
  values
    .map((value) => ({ value, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);

const rounds = Number(process.argv[2] ?? 15);
const starts = Object.keys(VARIANTS).flatMap((name) => Array<string>(name === REFERENCE ? 1 : STARTS).fill(name));
const costs: Record<string, Cost>[] = [];
for (let i = 0; i <= rounds; i++) {
  const round = new Map(Object.keys(VARIANTS).map((name) => [name, [] as Cost[]]));
  for (const name of shuffled(starts)) round.get(name)!.push(await measure(name));
  const middle = (of: readonly Cost[]): Cost => ({
    cpu: median(of.map((c) => c.cpu)),
    rss: median(of.map((c) => c.rss)),
  });
  // the first round warms the file cache
  if (i > 0) costs.push(Object.fromEntries([...round].map(([name, of]) => [name, middle(of)])));
}

const added = (name: string, what: keyof Cost) => costs.map((c) => c[name]![what] - c['bare']![what]);
const of = (name: string, what: keyof Cost) => median(added(name, what));
/** Half of the rounds lie within this of the median. */
const spread = (name: string, what: keyof Cost) => {
  const middle = of(name, what);
  return median(added(name, what).map((value) => Math.abs(value - middle)));
};
const share = (name: string, what: keyof Cost) => {
  const reference = added(REFERENCE, what);
  return median(added(name, what).map((value, i) => value / reference[i]!));
};
const row = (...cells: string[]) => console.log(cells.map((cell, i) => cell.padEnd(i ? 10 : 30)).join(''));
row('added to a bare start', 'CPU ms', '±', 'share', 'RSS MiB', 'share');
for (const name of Object.keys(VARIANTS).slice(1))
  row(
    name,
    of(name, 'cpu').toFixed(2),
    spread(name, 'cpu').toFixed(2),
    share(name, 'cpu').toFixed(4),
    of(name, 'rss').toFixed(1),
    share(name, 'rss').toFixed(3),
  );
