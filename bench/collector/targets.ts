import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../../test/support/free-port.ts';

const root = join(import.meta.dirname, '../..');

export interface Target {
  readonly name: string;
  readonly pid: number;
  readonly otlpPort: number;
  readonly httpPort: number;
  stop(): Promise<void>;
}

async function start(name: string, command: string, args: string[]): Promise<Target> {
  const [otlpPort, httpPort] = (await freePorts(2)) as [number, number];
  const child: ChildProcess = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      BENCH_OTLP_PORT: String(otlpPort),
      BENCH_HTTP_PORT: String(httpPort),
      FAULTLAYER_OTLP_PORT: String(otlpPort),
      FAULTLAYER_HTTP_PORT: String(httpPort),
    },
  });
  const until = performance.now() + 30_000;
  for (;;) {
    const ready = await fetch(`http://127.0.0.1:${httpPort}/metrics`).then(
      (r) => r.body?.cancel().then(() => true),
      () => false,
    );
    if (ready) break;
    if (performance.now() > until || child.exitCode !== null) throw new Error(`${name} did not start`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    name,
    pid: child.pid!,
    otlpPort,
    httpPort,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

/**
 * Node with the young generation that it has in the 1 GiB of the collector's pod and systemd unit. On a machine with much memory it may take four times
 * as much, and does: 60 MiB more, for no CPU time less.
 */
const node = (name: string, ...args: string[]): Promise<Target> =>
  start(name, process.execPath, ['--max-semi-space-size=16', ...args]);

const STARTERS: Readonly<Record<string, () => Promise<Target> | undefined>> = {
  faultlayer: () => node('faultlayer', 'dist/cli/main.js', 'collector'),
  reference: () => node('protobuf-es + prom-client', 'bench/collector/reference.ts'),
  floor: () => node('node:http alone', 'bench/collector/floor.ts'),
  otelcol() {
    const build = ['test/support/build-otelcol.mjs'];
    const built = spawnSync(process.execPath, build, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (built.status === 0) return start('otelcol', built.stdout.trim(), ['--config', 'bench/collector/otelcol.yaml']);
    process.stderr.write('no OpenTelemetry Collector here: it is built with Go, and that did not work\n');
    return undefined;
  },
};

/** Us, the straightforward JavaScript collector, a server that only answers, and the OpenTelemetry Collector where Go is there. */
export async function startTargets(names: readonly string[] = Object.keys(STARTERS)): Promise<Target[]> {
  const targets: Target[] = [];
  for (const name of names) {
    const target = await STARTERS[name]!();
    if (target) targets.push(target);
  }
  return targets;
}

/** CPU seconds (user and system) of a process's threads, by the scheduler's own nanoseconds. A thread that has ended is not in it. */
export function cpuSeconds(pid: number): number {
  const nanos = (task: string): number => {
    try {
      return Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      return 0;
    }
  };
  return readdirSync(`/proc/${pid}/task`).reduce((sum, task) => sum + nanos(task), 0) / 1e9;
}

/** Resident memory in MiB. */
export const rssMiB = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;
