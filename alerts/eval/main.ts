// usage: node alerts/eval/main.ts [--seeds 1,2,3] [--verbose]
import { parseArgs } from 'node:util';
import { evaluate, type Outcome } from './run.ts';
import { figures } from './score.ts';
import { EPOCH } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3' },
    verbose: { type: 'boolean' },
    'no-statics': { type: 'boolean' },
  },
});
const say = (line: string) => process.stderr.write(`${line}\n`);
const outcomes: Outcome[] = [];
for (const seed of values.seeds.split(',').map(Number)) {
  say(`seed ${seed}`);
  const outcome = await evaluate({ seed, statics: !values['no-statics'], ...(values.verbose ? { say } : {}) });
  outcomes.push(outcome);
  if (values.verbose) {
    for (const i of outcome.shipped.missed) say(`  missed ${JSON.stringify(i)}`);
    for (const n of outcome.shipped.wrong)
      say(
        `  false ${(n.from - EPOCH) / 86400} ${n.firings.map((f) => `${f.alert} ${JSON.stringify(f.labels)}`).join('; ')}`,
      );
    const by = new Map<string, number>();
    for (const n of outcome.notifications) for (const f of n.firings) by.set(f.alert, (by.get(f.alert) ?? 0) + 1);
    say(`  ${JSON.stringify([...by])} services ${outcome.services} incidents ${outcome.shipped.incidents}`);
  }
}
const show = (name: string, f: ReturnType<typeof figures>) =>
  process.stdout.write(`${name.padEnd(60)} ${JSON.stringify(f)}\n`);
show('shipped', figures(outcomes.map((o) => o.shipped)));
for (const name of outcomes[0]!.statics.keys()) show(name, figures(outcomes.map((o) => o.statics.get(name)!)));
