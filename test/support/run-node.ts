import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From the child's start to its end. */
  readonly ms: number;
}
export interface RunOptions {
  readonly env?: Record<string, string | undefined>;
  readonly cwd?: string;
  /** Another Node than the one that runs the tests. */
  readonly node?: string;
  /** Called with each piece of stdout; may end the child by a signal. */
  readonly onStdout?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
  readonly deadlineMs?: number;
}

/** Runs a real Node process to its end. None of the caller's OTEL_*, FAULTLAYER_* and NODE_* variables reach it. */
export function runNode(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const clean = Object.entries(process.env).filter(([name]) => !/^(OTEL_|FAULTLAYER_|NODE_|VITEST)/.test(name));
  const began = performance.now();
  const child = spawn(options.node ?? process.execPath, args, {
    cwd: options.cwd ?? root,
    env: { ...Object.fromEntries(clean), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    options.onStdout?.(text, (signal) => child.kill(signal));
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), options.deadlineMs ?? 25_000);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr, ms: performance.now() - began });
    });
  });
}
