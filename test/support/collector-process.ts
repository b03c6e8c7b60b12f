import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { waitFor } from './wait-for.ts';

const main = join(import.meta.dirname, '../../dist/cli/main.js');
const PORTS = { FAULTLAYER_OTLP_PORT: '0', FAULTLAYER_OTLP_GRPC_PORT: '0', FAULTLAYER_HTTP_PORT: '0' };

export interface CollectorProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly otlp: string;
  readonly grpc: string;
  readonly http: string;
  stderr(): string;
}

/** `faultlayer collector --json` as a process, once it listens; `files` is its `ulimit -n`. */
export async function collectorProcess(env: Record<string, string> = {}, files?: number): Promise<CollectorProcess> {
  const command = `${files === undefined ? '' : `ulimit -n ${files}; `}exec "$0" "$@"`;
  const child = spawn('bash', ['-c', command, process.execPath, main, 'collector', '--json'], {
    env: { PATH: process.env['PATH']!, ...PORTS, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  await waitFor(() => stdout.includes('}\n') || child.exitCode !== null, 'the collector to listen');
  if (child.exitCode !== null) throw new Error(stderr);
  return {
    child,
    ...(JSON.parse(stdout) as { otlp: string; grpc: string; http: string }),
    stderr: () => stderr,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** A sender's kept connection: one socket, one body after another. */
export class KeptConnection {
  readonly socket: Socket;
  private answered = '';

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => (this.answered += chunk.toString('latin1')));
    socket.on('error', () => undefined);
  }

  static open(url: string): Promise<KeptConnection> {
    const { port, hostname } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => resolve(new KeptConnection(socket)));
      socket.once('error', reject);
    });
  }

  /** The status of one body's answer, of protobuf or JSON; 0 when the connection ended instead. */
  post(body: Uint8Array | string): Promise<number> {
    this.answered = '';
    const type = typeof body === 'string' ? 'application/json' : 'application/x-protobuf';
    this.socket.write(
      `POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`,
    );
    this.socket.write(body);
    return new Promise((resolve) => {
      const look = (): void => {
        const status = /^HTTP\/1\.1 (\d{3}) [\s\S]*\r\n\r\n/.exec(this.answered)?.[1];
        if (status === undefined && !this.socket.destroyed) return;
        this.socket.off('data', look).off('close', look);
        resolve(Number(status ?? 0));
      };
      this.socket.on('data', look).on('close', look);
      look();
    });
  }
}
