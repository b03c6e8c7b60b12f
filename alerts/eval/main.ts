// usage: node alerts/eval/main.ts [--seeds 1,2,3] [--small] [--no-statics] [--write] [--verbose]
// Prints the evaluation as Markdown; --write also puts it into docs/alerts.md. Exit 1 when a target is missed.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageFolder } from '../package-folder.ts';
import { evaluate } from './run.ts';
import { figures, shortfalls } from './score.ts';
import { EPOCH } from './simulate.ts';
import { SMALL } from './small.ts';
import { type Judged, table } from './table.ts';

const flag = { type: 'boolean' } as const;
const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '1,2,3' }, small: flag, 'no-statics': flag, write: flag, verbose: flag },
});
const say = (line: string) => process.stderr.write(`${line}\n`);
const judged: Judged[] = [];
for (const seed of values.seeds.split(',').map(Number)) {
  say(`seed ${seed}`);
  const outcome = await evaluate({
    seed,
    statics: !values['no-statics'],
    ...(values.small ? { scenarios: SMALL } : {}),
    ...(values.verbose ? { say } : {}),
  });
  judged.push({ seed, ...outcome });
  for (const i of outcome.shipped.missed)
    say(`  missed: ${i.scenario}, ${i.service ?? i.provider}, day ${(i.start / 86_400).toFixed(2)}`);
  for (const n of outcome.shipped.wrong)
    say(
      `  false: day ${((n.from - EPOCH) / 86_400).toFixed(2)}, ${n.firings.map((f) => `${f.alert} ${f.labels['service_name'] ?? ''} ${f.labels['api_provider_code'] ?? ''}`).join('; ')}`,
    );
}
const text = table(judged);
process.stdout.write(text);
if (values.write) {
  const path = join(packageFolder(), 'docs/alerts.md');
  const [before, , after] = readFileSync(path, 'utf8').split(
    /(?<=<!-- evaluation -->\n)|(?=<!-- end of evaluation -->)/,
  );
  writeFileSync(path, `${before}${text}${after}`);
}
const missed = shortfalls(figures(judged.map((j) => j.shipped)));
for (const line of missed) say(`target missed: ${line}`);
process.exitCode = missed.length > 0 ? 1 : 0;
