import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Running {
  readonly name: string;
  readonly pid: number;
  /** The first line on stdout; rejects when the process ends before it. */
  readonly firstLine: Promise<string>;
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/**
 * The processes of one pipeline. Each leads a process group of its own, so that Ctrl-C reaches us alone and they go in our order; a watchdog that
 * holds a pipe to us ends them when we are killed without a chance to.
 */
export class Processes {
  readonly #folder: string;
  readonly #running: Running[] = [];
  readonly #watchdog: ChildProcess;
  /** Called when a process ends that nobody stopped. */
  onDeath: (name: string, how: string, lastWords: string) => void = () => {};

  constructor(logFolder: string) {
    this.#folder = logFolder;
    const script = 'while read -r p; do all="$all $p"; done; for p in $all; do kill "$p" 2>/dev/null; done';
    this.#watchdog = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    this.#watchdog.on('error', () => {});
    this.#watchdog.stdin?.on('error', () => {});
    this.#watchdog.unref();
  }

  logOf(name: string): string {
    return join(this.#folder, `${name}.log`);
  }

  start(name: string, command: readonly [string, ...string[]], env: Record<string, string> = {}): Running {
    const [file, ...args] = command;
    const child = spawn(file, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const log = createWriteStream(this.logOf(name), { flags: 'a' });
    child.stderr.pipe(log, { end: false });
    child.stdout.pipe(log, { end: false });
    if (child.pid !== undefined) this.#watchdog.stdin?.write(`${child.pid}\n`);

    let stopping = false;
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    const firstLine = new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', resolve);
      void ended.then((how) => reject(new Error(`${name} ended with ${how}: ${this.#lastWords(name)}`)));
    });
    firstLine.catch(() => {}); // not everybody waits for it
    void ended.then((how) => {
      log.end();
      if (!stopping) this.onDeath(name, how, this.#lastWords(name));
    });
    const running: Running = {
      name,
      pid: child.pid ?? -1,
      firstLine,
      ended,
      stop: async () => {
        stopping = true;
        signalGroup(child.pid, 'SIGTERM');
        const late = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), 5_000);
        await ended;
        clearTimeout(late);
      },
    };
    this.#running.push(running);
    return running;
  }

  #lastWords(name: string): string {
    const lines = readFileSync(this.logOf(name), 'utf8').trim().split('\n');
    return lines.slice(-3).join(' | ').slice(-400);
  }

  /** Stops everything, the newest first, and leaves nothing behind. */
  async stopAll(): Promise<void> {
    this.onDeath = () => {};
    await Promise.all(this.#running.toReversed().map((running) => running.stop()));
    this.#watchdog.kill('SIGKILL');
  }
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // already gone
  }
}
