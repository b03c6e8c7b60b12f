/**
 * CPU time and memory a preload adds to the start of an application that does nothing, against
 * `@opentelemetry/auto-instrumentations-node/register`. Variants in random order within every round; medians over the rounds.
 *
 *   node bench/startup.ts [rounds]     (default 7, under a minute; needs `npm run build`)
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const register = join(root, 'dist/instrumentation/register.cjs');
const QUIET = { OTEL_TRACES_EXPORTER: 'otlp', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };
const REPORT =
  'const u = process.resourceUsage(); process.stdout.write(JSON.stringify({ cpu: (u.userCPUTime + u.systemCPUTime) / 1000, rss: process.memoryUsage().rss / 1048576 })); process.exit(0)';

const VARIANTS: Record<string, { preload?: string; env?: Record<string, string> }> = {
  bare: {},
  'auto-instrumentations': { preload: '@opentelemetry/auto-instrumentations-node/register' },
  faultlayer: { preload: register, env: { FAULTLAYER_SPANS: 'own' } },
  'faultlayer, adopting': { preload: register, env: { FAULTLAYER_SPANS: 'adopted' } },
  'faultlayer, not bundled': { preload: join(root, 'dist/instrumentation/register.js') },
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

const rounds = Number(process.argv[2] ?? 7);
const costs: Record<string, Cost>[] = [];
for (let i = 0; i <= rounds; i++) {
  const round: Record<string, Cost> = {};
  for (const name of Object.keys(VARIANTS).sort(() => Math.random() - 0.5)) round[name] = await measure(name);
  if (i > 0) costs.push(round); // the first round warms the file cache
}

const of = (name: string, what: keyof Cost) => median(costs.map((c) => c[name]![what] - c['bare']![what]));
const share = (name: string, what: keyof Cost) =>
  median(
    costs.map((c) => (c[name]![what] - c['bare']![what]) / (c['auto-instrumentations']![what] - c['bare']![what])),
  );
const row = (...cells: string[]) => console.log(cells.map((cell, i) => cell.padEnd(i ? 12 : 26)).join(''));
row('added to a bare start', 'CPU ms', 'share', 'RSS MiB', 'share');
for (const name of Object.keys(VARIANTS).slice(1))
  row(
    name,
    of(name, 'cpu').toFixed(1),
    share(name, 'cpu').toFixed(3),
    of(name, 'rss').toFixed(1),
    share(name, 'rss').toFixed(3),
  );
