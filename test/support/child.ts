import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Child {
  readonly pid: number;
  /** All it has printed. */
  output(): string;
  /** SIGTERM, then waits for its end. */
  stop(): Promise<void>;
}

/** Starts a program and waits until `ready`; throws with its output when it ends or `deadlineMs` passes first. */
export async function startChild(
  program: string,
  args: readonly string[],
  ready: () => Promise<boolean>,
  deadlineMs = 60_000,
): Promise<Child> {
  const child: ChildProcess = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (piece: Buffer) => {
    output = (output + piece.toString()).slice(-20_000);
  };
  child.stdout!.on('data', keep);
  child.stderr!.on('data', keep);
  let failed: Error | undefined;
  child.once('error', (error) => {
    failed = error;
  });
  const ended = Promise.race([once(child, 'exit'), once(child, 'error').catch(() => {})]);
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
  };
  const until = performance.now() + deadlineMs;
  while (!(await ready().catch(() => false))) {
    if (failed !== undefined) throw failed;
    if (child.exitCode !== null || performance.now() > until) {
      await stop();
      throw new Error(`${program} did not get ready:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { pid: child.pid!, output: () => output, stop };
}

/** Whether a GET is answered with 2xx. */
export const answers = (url: string): Promise<boolean> => fetch(url).then((r) => r.ok);
