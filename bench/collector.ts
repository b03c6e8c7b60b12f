/**
 * CPU per span, spans per second and core, and memory of `faultlayer collector` beside the straightforward JavaScript collector
 * and the OpenTelemetry Collector: the same bodies over loopback HTTP, interleaved, medians over rounds. A server on node:http that only answers
 * is the floor: what small bodies cost above it is ours.
 *
 *   npm run build && node bench/collector.ts [rounds=3] [spans per measurement=250000] [cpu | instructions]
 *
 * With `instructions` (Linux with `perf` and access to its counters) the processor's own counter of user-space instructions takes the place of the
 * CPU time: it hardly notices what else runs on the machine; but an instruction is no time, and the kernel's part is not in it.
 */
import { spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { jsonBody, protobufBody, seeded, typicalBody } from '../test/support/otlp-spans.ts';
import { cpuSeconds, rssMiB, startTargets, type Target } from './collector/targets.ts';

const rounds = Number(process.argv[2] ?? 3);
const spansPerRun = Number(process.argv[3] ?? 250_000);
const byInstructions = process.argv[4] === 'instructions';
const CONNECTIONS = 4;

interface Case {
  readonly name: string;
  readonly spans: number;
  readonly headers: Record<string, string>;
  readonly bodies: Buffer[];
}

function buildCases(): Case[] {
  const random = seeded(42);
  return [512, 32, 1].flatMap((spans) => {
    const bodies = Array.from({ length: spans === 512 ? 16 : 64 }, () => typicalBody(random, spans));
    const protobuf = bodies.map((b) => Buffer.from(protobufBody(b)));
    const json = bodies.map((b) => Buffer.from(jsonBody(b)));
    const type = { 'content-type': 'application/x-protobuf' };
    return [
      { name: `${spans} protobuf`, spans, headers: type, bodies: protobuf },
      {
        name: `${spans} gzip`,
        spans,
        headers: { ...type, 'content-encoding': 'gzip' },
        bodies: protobuf.map((b) => gzipSync(b)),
      },
      { name: `${spans} JSON`, spans, headers: { 'content-type': 'application/json' }, bodies: json },
    ];
  });
}

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const post = (target: Target, c: Case, body: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    const req = request(
      {
        agent,
        host: '127.0.0.1',
        port: target.otlpPort,
        path: '/v1/traces',
        method: 'POST',
        headers: { ...c.headers, 'content-length': body.length },
      },
      (res) => {
        res.resume();
        res.on('end', () =>
          res.statusCode === 200 ? resolve() : reject(new Error(`${target.name}: ${res.statusCode}`)),
        );
      },
    );
    // A server may end a connection that lay idle while others were measured, just as it is used again.
    req.on('error', (error: NodeJS.ErrnoException) => {
      if (req.reusedSocket && error.code === 'ECONNRESET') post(target, c, body).then(resolve, reject);
      else reject(new Error(`${target.name}, ${c.name}: ${error.message}`, { cause: error }));
    });
    req.end(body);
  });

async function load(target: Target, c: Case, bodies: number): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (next < bodies) await post(target, c, c.bodies[next++ % c.bodies.length]!);
    }),
  );
}

/** CPU microseconds of the target, or thousands of its instructions, while `run` runs. */
async function cost({ pid }: Target, run: () => Promise<void>): Promise<number> {
  if (!byInstructions) {
    const before = cpuSeconds(pid);
    await run();
    return (cpuSeconds(pid) - before) * 1e6;
  }
  const perf = spawn('perf', ['stat', '-x', ',', '-e', 'instructions:u', '-p', String(pid)]);
  let printed = '';
  perf.stderr.on('data', (chunk) => (printed += chunk));
  const ended = new Promise((resolve) => perf.on('close', resolve));
  // It says nothing when it has begun.
  await new Promise((resolve) => setTimeout(resolve, 500));
  await run();
  perf.kill('SIGINT');
  await ended;
  const count = /^(\d+),/m.exec(printed);
  if (!count) throw new Error(`perf counts no instructions: ${printed.trim()}`);
  return Number(count[1]) / 1000;
}

/**
 * The same per span. Of failures faultlayer keeps evidence, a burst of 400 and then 50 a second, which the others do not: the burst is used up before,
 * so that short measurements cost what long ones do.
 */
async function measure(target: Target, c: Case): Promise<number> {
  // Small bodies cost by the request, and the JavaScript reference is several times slower: both get fewer.
  const share = (c.spans === 1 ? 1 / 25 : 1) * (target.name.startsWith('protobuf-es') ? 1 / 5 : 1);
  const bodies = Math.ceil((spansPerRun * share) / c.spans);
  await load(target, cases[0]!, cases[0]!.bodies.length);
  return (await cost(target, () => load(target, c, bodies))) / (bodies * c.spans);
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

const cases = buildCases();
const targets = await startTargets();
const results = new Map<string, number[]>();
try {
  // Compilers settle after about a thousand bodies.
  for (const target of targets) for (let n = 0; n < 4; n++) for (const c of cases) await measure(target, c);
  for (let round = 0; round < rounds; round++) {
    const order = cases
      .flatMap((c) => targets.map((target) => ({ c, target, at: Math.random() })))
      .sort((a, b) => a.at - b.at);
    for (const { c, target } of order) {
      const key = `${c.name} ${target.name}`;
      results.set(key, [...(results.get(key) ?? []), await measure(target, c)]);
    }
    process.stderr.write(`round ${round + 1} of ${rounds}\n`);
  }
  const row = (cells: string[]): string =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(14) : cell.padStart(30))).join('');
  process.stdout.write(`${row(['body', ...targets.map((t) => t.name)])}\n`);
  for (const c of cases) {
    const ours = results.get(`${c.name} ${targets[0]!.name}`)!;
    const cells = targets.map((t, i) => {
      const values = results.get(`${c.name} ${t.name}`)!;
      const ratio = median(values.map((v, round) => v / ours[round]!));
      const us = median(values);
      const perSpan = byInstructions ? `${us.toFixed(1)} k instr.` : `${us.toFixed(2)} µs`;
      if (i > 0) return `${perSpan} (${ratio.toFixed(1)}×)`;
      return byInstructions ? perSpan : `${perSpan} ${Math.round(1e6 / us / 1000)} k/s/core`;
    });
    process.stdout.write(`${row([c.name, ...cells])}\n`);
  }
  process.stdout.write(`${row(['RSS MiB', ...targets.map((t) => rssMiB(t.pid).toFixed(0))])}\n`);
} finally {
  agent.destroy();
  for (const target of targets) await target.stop();
}
