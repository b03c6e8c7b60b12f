import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

export interface Target {
  readonly name: string;
  readonly pid: number;
  readonly otlpPort: number;
  readonly httpPort: number;
  stop(): Promise<void>;
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

async function start(name: string, command: string, args: string[]): Promise<Target> {
  const [otlpPort, httpPort] = [await freePort(), await freePort()];
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

/** Us, the straightforward JavaScript collector, and the OpenTelemetry Collector where Go is there. */
export async function startTargets(): Promise<Target[]> {
  const targets = [
    await start('faultlayer', process.execPath, ['dist/cli/main.js', 'collector']),
    await start('protobuf-es + prom-client', process.execPath, ['bench/collector/reference.ts']),
  ];
  const built = spawnSync(process.execPath, ['scripts/build-otelcol.mjs'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (built.status === 0)
    targets.push(await start('otelcol', built.stdout.trim(), ['--config', 'bench/collector/otelcol.yaml']));
  else
    process.stderr.write(
      'no OpenTelemetry Collector here (it is built with Go): compared with the JavaScript reference only\n',
    );
  return targets;
}

/** CPU seconds (user and system, all threads) a process has used; clock ticks of 10 ms. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Resident memory in MiB. */
export const rssMiB = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;
