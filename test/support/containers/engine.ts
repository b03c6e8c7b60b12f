import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Why this machine cannot run an engine of our own; undefined when it can. */
export function whyNoEngine(): string | undefined {
  if (process.platform !== 'linux') return 'a Docker engine of our own needs Linux';
  if (process.getuid?.() !== 0) return 'starting a Docker engine needs root';
  const missing = ['dockerd', 'docker', 'docker-compose', 'iptables', 'busybox', 'prometheus', 'ip'].filter(
    (name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0,
  );
  if (missing.length > 0) return `not installed: ${missing.join(', ')} (node scripts/setup.mjs --containers)`;
  return undefined;
}

export interface Engine {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Runs a command against this engine; throws with what it said when it fails. */
  run(command: string, args: readonly string[], options?: { input?: Buffer; cwd?: string; env?: object }): string;
  stop(): Promise<void>;
}

/** Starts a Docker engine with its own data, socket and network state; `stop` leaves the machine as it was. */
export async function startEngine(): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), 'engine-'));
  const tables = execFileSync('iptables-save', { encoding: 'utf8' });
  const forwarding = readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8').trim();
  const log = openSync(join(folder, 'dockerd.log'), 'a');
  const socket = `unix://${folder}/docker.sock`;
  const daemon: ChildProcess = spawn(
    'dockerd',
    [
      ['--data-root', join(folder, 'data')],
      ['--exec-root', join(folder, 'exec')],
      ['--pidfile', join(folder, 'pid')],
      ['--bridge', 'none'],
      ['-H', socket],
    ].flat(),
    { stdio: ['ignore', log, log], detached: true },
  );
  const ended = new Promise<void>((resolve) => daemon.once('exit', () => resolve()));
  const env = { ...process.env, DOCKER_HOST: socket, DOCKER_BUILDKIT: '0', COMPOSE_HTTP_TIMEOUT: '180' };
  const engine: Engine = {
    folder,
    env,
    run(command, args, options = {}) {
      const done = spawnSync(command, args, {
        ...options,
        env: { ...env, ...options.env },
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      });
      if (done.status !== 0)
        throw new Error(
          `${command} ${args.join(' ')}: ${done.error?.message ?? `${done.stdout}\n${done.stderr}`.slice(-4_000)}`,
        );
      return done.stdout;
    },
    async stop() {
      daemon.kill('SIGTERM');
      await ended;
      restore(tables);
      spawnSync('sh', ['-c', `echo ${forwarding} > /proc/sys/net/ipv4/ip_forward`]);
      unmountBelow(folder);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 });
    },
  };
  for (const end = Date.now() + 60_000; ; await sleep(250)) {
    if (spawnSync('docker', ['info'], { env, stdio: 'ignore' }).status === 0) return engine;
    if (Date.now() < end && daemon.exitCode === null) continue;
    const words = readFileSync(join(folder, 'dockerd.log'), 'utf8').trim().split('\n').slice(-5).join('\n');
    await engine.stop();
    throw new Error(`the Docker engine did not start:\n${words}`);
  }
}

/** An empty save restores nothing, so what the engine added is flushed then. */
function restore(tables: string): void {
  if (tables.includes('-A ')) {
    spawnSync('iptables-restore', { input: tables });
    return;
  }
  for (const args of ['-P FORWARD ACCEPT', '-F', '-X', '-t nat -F', '-t nat -X'])
    spawnSync('iptables', args.split(' '));
}

/** Namespaces and layers that the engine left mounted. */
function unmountBelow(folder: string): void {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((path) => path.startsWith(`${folder}/`));
  for (const path of mounts.toReversed()) spawnSync('umount', [path]);
}
