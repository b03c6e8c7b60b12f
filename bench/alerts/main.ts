// usage: node bench/alerts/main.ts [--seeds 31,32,33] [--small] [--alerts NAME,…] [--no-statics] [--write] [--verbose]
// Prints the evaluation as Markdown (tune with --seeds 1,2,3,4: the default seeds are for the verdict); --write also keeps the results, from which `npm run gen` makes the table of
// docs/alerts.md. Exit 1 when a target is missed.
import { parseArgs } from 'node:util';
import { fingerprint, keep, type Result, SEEDS } from './result.ts';
import { evaluate } from './run.ts';
import { figures, shortfalls } from './score.ts';
import { EPOCH } from './simulate.ts';
import { SMALL } from './small.ts';
import { table } from './table.ts';

const flag = { type: 'boolean' } as const;
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: SEEDS.join(',') },
    small: flag,
    alerts: { type: 'string' },
    'no-statics': flag,
    write: flag,
    verbose: flag,
  },
});
if (values.write && (values.small || values.alerts || values['no-statics']))
  throw new Error('--write keeps whole results: leave out --small, --alerts and --no-statics');
const say = (line: string) => process.stderr.write(`${line}\n`);
const all: Result[] = [];
for (const seed of values.seeds.split(',').map(Number)) {
  say(`seed ${seed}`);
  const { score, ...outcome } = await evaluate({
    seed,
    statics: !values['no-statics'],
    ...(values.alerts ? { alerts: values.alerts.split(',') } : {}),
    ...(values.small ? { scenarios: SMALL } : {}),
    ...(values.verbose ? { say } : {}),
  });
  const result: Result = { seed, of: fingerprint(seed), ...outcome };
  all.push(result);
  if (values.write) keep(result);
  for (const i of score.missed)
    say(`  missed: ${i.scenario}, ${i.service ?? i.provider}, day ${(i.start / 86_400).toFixed(3)}`);
  for (const n of score.judged)
    if (score.wrong.includes(n) || values.verbose)
      say(
        `  ${score.wrong.includes(n) ? 'false' : n.severity}: day ${((n.from - EPOCH) / 86_400).toFixed(3)}, ${n.firings.map((f) => `${f.alert} ${f.labels['service_name'] ?? f.labels['api_provider_name']} ${f.labels['api_provider_code'] ?? ''}`).join('; ')}`,
      );
}
process.stdout.write(table(all));
const short = shortfalls(figures(all.map((r) => r.shipped)));
for (const line of short) say(`target missed: ${line}`);
process.exitCode = short.length > 0 ? 1 : 0;
