// usage: node bench/alerts/main.ts [--runs labelled:101:30,other:201:30] [--scenarios NAME,…] [--write]
// Prints the evaluation as Markdown (tune with --runs labelled:1:30: the default runs are for the verdict); a process for each core. --write also
// keeps the result, from which `npm run gen` makes the table of docs/alerts.md. Exit 1 when a target is missed.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { commit, writeResult } from '../support/result.ts';
import { world as other } from './other/world.ts';
import { type Generator, JUDGES, type Result, RUNS, type RunOf } from './result.ts';
import { evaluate } from './run.ts';
import { figures, shortfalls } from './score.ts';
import { table } from './table.ts';
import { EPOCH, type Every } from './world.ts';

/** What one run found, and what it says about each miss and each false page. */
interface Told {
  readonly result: Result;
  readonly lines: readonly string[];
}
interface Ordered {
  readonly run: RunOf;
  readonly scenarios: readonly string[] | undefined;
  /** Whether the usual rules are asked too; they fire so often that one run of them is enough. */
  readonly statics: boolean;
}

const runOf = (text: string): RunOf => {
  const [generator, seed, every] = text.split(':');
  return { generator: generator as Generator, seed: Number(seed), every: Number(every) as Every };
};
const day = (t: number) => (t / 86_400).toFixed(3);

function tell({ run, scenarios, statics: asked }: Ordered): Told {
  const before = performance.now();
  const { services, samples, shipped, statics } = evaluate({
    ...run,
    statics: asked,
    ...(scenarios ? { scenarios } : {}),
    ...(run.generator === 'other' ? { make: other } : {}),
  });
  const names = ({ labels }: { readonly labels: Readonly<Record<string, string>> }) =>
    `${labels['service_name'] ?? labels['api_provider_name']} ${labels['api_provider_code'] ?? ''}`;
  const took = ((performance.now() - before) / 1000).toFixed(0);
  return {
    result: {
      ...run,
      services,
      samples,
      tally: shipped.tally,
      statics: Object.fromEntries(Object.entries(statics).map(([name, s]) => [name, s.tally])),
    },
    lines: [
      `${run.generator} seed ${run.seed}, scraped every ${run.every} s: ${took} s`,
      ...shipped.missed.map((i) => `  missed: ${i.scenario}, ${i.service ?? i.provider}, day ${day(i.start)}`),
      ...shipped.wrong.map(
        (n) => `  false: day ${day(n.from - EPOCH)}, ${n.firings.map((f) => `${f.alert} ${names(f)}`).join('; ')}`,
      ),
    ],
  };
}

/** One run in a thread of its own. */
const inThread = (ordered: Ordered): Promise<Told> =>
  new Promise((done, failed) => {
    const worker = new Worker(import.meta.filename, { workerData: ordered, argv: [] });
    worker.once('message', done);
    worker.once('error', failed);
  });

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string' },
      scenarios: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  });
  if (values.write && (values.scenarios || values.runs)) throw new Error('--write keeps whole results only');
  const runs = values.runs?.split(',').map(runOf) ?? RUNS;
  const found = new Map<RunOf, Result>();
  // The longest first, so that no core is left waiting at the end.
  const waiting = runs.toSorted((a, b) => a.every - b.every || a.generator.localeCompare(b.generator));
  const work = async () => {
    for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
      const statics = values.write && run === RUNS[2];
      const { result, lines } = await inThread({ run, scenarios: values.scenarios?.split(','), statics });
      found.set(run, result);
      for (const line of lines) process.stderr.write(`${line}\n`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  const all = runs.map((run) => found.get(run)!);
  process.stdout.write(table(all, commit()));
  if (values.write) writeResult('alerts', JUDGES, all);
  for (const every of [15, 30, 60] as const) {
    const of = all.flatMap((r) => (r.every === every ? [r.tally] : []));
    if (of.length === 0) continue;
    for (const line of shortfalls(figures(of), every)) {
      process.stderr.write(`target missed at ${every} s: ${line}\n`);
      process.exitCode = 1;
    }
  }
}

if (isMainThread) await main();
else parentPort!.postMessage(tell(workerData as Ordered));
