// usage: node bench/alerts/main.ts [--runs labelled:101:30,other:201:30] [--scenarios NAME,…] [--statics] [--write]
// Prints the evaluation as Markdown (tune with --runs labelled:1:30: the default runs are for the verdict); --write also keeps the results, from
// which `npm run gen` makes the table of docs/alerts.md. Exit 1 when a target is missed.
import { parseArgs } from 'node:util';
import { commit } from '../support/result.ts';
import { world as other } from './other/world.ts';
import { fingerprint, type Generator, keep, type Result, RUNS, type RunOf } from './result.ts';
import { evaluate } from './run.ts';
import { figures, shortfalls } from './score.ts';
import { table } from './table.ts';
import { EPOCH, type Every } from './world.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string' },
    scenarios: { type: 'string' },
    statics: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
if (values.write && values.scenarios) throw new Error('--write keeps whole results: leave out --scenarios');

const runOf = (text: string): RunOf => {
  const [generator, seed, every] = text.split(':');
  return { generator: generator as Generator, seed: Number(seed), every: Number(every) as Every };
};
const say = (line: string) => process.stderr.write(`${line}\n`);
const day = (t: number) => (t / 86_400).toFixed(3);
const all: Result[] = [];
// As it is now: work goes on while the runs do.
const at = commit();
for (const run of values.runs?.split(',').map(runOf) ?? RUNS) {
  const before = performance.now();
  const outcome = evaluate({
    ...run,
    statics: values.statics,
    ...(values.scenarios ? { scenarios: values.scenarios.split(',') } : {}),
    ...(run.generator === 'other' ? { make: other } : {}),
  });
  const statics = Object.fromEntries(Object.entries(outcome.statics).map(([name, s]) => [name, s.tally]));
  const { services, samples, shipped } = outcome;
  const result: Result = {
    ...run,
    of: fingerprint(),
    commit: at,
    services,
    samples,
    tally: shipped.tally,
    statics,
  };
  all.push(result);
  if (values.write) keep(result);
  say(
    `${run.generator} seed ${run.seed}, scraped every ${run.every} s: ${((performance.now() - before) / 1000).toFixed(0)} s`,
  );
  for (const i of shipped.missed) say(`  missed: ${i.scenario}, ${i.service ?? i.provider}, day ${day(i.start)}`);
  for (const n of shipped.wrong)
    say(
      `  false: day ${day(n.from - EPOCH)}, ${n.firings.map((f) => `${f.alert} ${f.labels['service_name'] ?? f.labels['api_provider_name']} ${f.labels['api_provider_code'] ?? ''}`).join('; ')}`,
    );
}
process.stdout.write(table(all));
const short = shortfalls(figures(all.map((r) => r.tally)));
for (const line of short) say(`target missed: ${line}`);
process.exitCode = short.length > 0 ? 1 : 0;
