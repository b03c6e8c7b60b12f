import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { sqliteIsQuiet } from '../../../collector/evidence/disk.ts';
import { root } from '../../support/run-node.ts';
import { waitFor } from '../../support/wait-for.ts';

const TOKEN = 'restart-test-token';
const folder = mkdtempSync(join(tmpdir(), 'faultlayer-restart-'));
const file = join(folder, 'evidence.sqlite');
let child: ChildProcess | undefined;
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Running {
  readonly otlp: string;
  readonly http: string;
  /** Ends the process and waits for it. */
  end(signal: NodeJS.Signals): Promise<void>;
}

async function collector(): Promise<Running> {
  const started = spawn(process.execPath, [join(root, 'dist/cli/main.js'), 'collector', '--json'], {
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      FAULTLAYER_OTLP_PORT: '0',
      FAULTLAYER_HTTP_PORT: '0',
      FAULTLAYER_HTTP_TOKEN: TOKEN,
      FAULTLAYER_EVIDENCE_FILE: file,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child = started;
  let out = '';
  started.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  await waitFor(() => out.includes('\n'), 'the collector', 60_000);
  const { otlp, http } = JSON.parse(out.split('\n')[0]!) as { otlp: string; http: string };
  return {
    otlp,
    http,
    async end(signal) {
      started.kill(signal);
      await waitFor(() => started.exitCode !== null || started.signalCode !== null, 'its end', 60_000);
    },
  };
}

interface Record {
  readonly id: string;
  readonly requestId: string;
}
async function kept({ http }: Running): Promise<{ total: number; records: Record[] }[]> {
  const response = await fetch(`${http}/api/failures`, { headers: { authorization: `Bearer ${TOKEN}` } });
  return ((await response.json()) as { groups: { total: number; records: Record[] }[] }).groups;
}

let sent = 0;
async function fail({ otlp }: Running, count: number): Promise<void> {
  const spans = Array.from({ length: count }, () => {
    const id = String(++sent);
    const now = BigInt(Date.now()) * 1_000_000n;
    const attributes = {
      'http.request.method': 'GET',
      'server.address': 'api.stripe.com',
      'api.provider.name': 'stripe',
      'api.failure.layer': 'auth',
      'api.provider.code': 'api_key_expired',
      'api.provider.request_id': `req_number_${id}`,
    };
    return {
      traceId: id.padStart(32, 'c'),
      spanId: id.padStart(16, 'd'),
      name: 'GET',
      kind: 3,
      startTimeUnixNano: String(now + BigInt(sent)),
      endTimeUnixNano: String(now + 1_000_000n),
      attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } })),
    };
  });
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
  const headers = { 'content-type': 'application/json' };
  expect((await fetch(`${otlp}/v1/traces`, { method: 'POST', headers, body })).status).toBe(200);
}

it('evidence outlives the collector, however it ends', { timeout: 180_000 }, async () => {
  if (!sqliteIsQuiet()) return console.info(`Node ${process.version} keeps no evidence on disk`);
  const first = await collector();
  await fail(first, 15);
  const before = await kept(first);
  // the newest ten, some before them, and the first: all there are
  expect(before[0]!.records.map(({ requestId }) => requestId)).toEqual(
    Array.from({ length: 15 }, (_, i) => `req_number_${15 - i}`),
  );
  // asked to end, it writes what it has; no time passes for the half second in which it would anyway
  await first.end('SIGTERM');
  expect(statSync(file).mode & 0o077).toBe(0);

  const second = await collector();
  expect(await kept(second)).toEqual(before);
  await fail(second, 1);
  // another reader of the file sees the change; then the process is killed without a word
  const { DatabaseSync } = createRequire(import.meta.url)('node:sqlite') as typeof import('node:sqlite');
  const reader = new DatabaseSync(file, { readOnly: true });
  await waitFor(() => reader.prepare('SELECT total FROM kind').get()!['total'] === 16, 'the change on disk');
  reader.close();
  await second.end('SIGKILL');

  const third = await collector();
  const [group] = await kept(third);
  expect(group!.total).toBe(16);
  expect(group!.records.map(({ requestId }) => requestId)).toEqual(
    Array.from({ length: 16 }, (_, i) => `req_number_${16 - i}`),
  );
  await third.end('SIGTERM');
});
