/**
 * A race that any live memory moves: a server answers 413 early and resets soon after, while `fetch` uploads 30 MB of `FormData`. How often does
 * the application see the 413? Processes take turns, each of 40 uploads; shares are printed with their interval (Wilson, 95 %). Variants leave out
 * one thing after another, so that what costs the time shows. On a quiet machine: `node bench/upload.ts [rounds] [variants]` (needs `npm run build`)
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..');
const run = promisify(execFile);
const rounds = Number(process.argv[2] ?? 8);
const UPLOADS = 40;
/** Milliseconds from the answer to the reset: as it was reported, and so soon that a machine at rest loses the race, too. */
const RESETS = [30, 12];
let resetMs = 0;
const ANSWER = '{"error":{"code":"too_large"}}';
const HEAD = `HTTP/1.1 413 Content Too Large\r\ncontent-type: application/json\r\ncontent-length: ${ANSWER.length}\r\nconnection: close\r\n\r\n`;

const server = createServer((socket) => {
  socket.on('error', () => {}).on('data', () => {});
  socket.once('data', () => {
    socket.write(HEAD + ANSWER);
    setTimeout(() => socket.resetAndDestroy(), resetMs);
  });
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const UNDICI = ['create', 'bodySent', 'headers', 'trailers', 'error'].map((name) => `undici:request:${name}`);
const register = join(root, 'dist/instrumentation/register.cjs');
interface Variant {
  readonly require?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Objects of the application's own, then channels with a subscriber that does nothing. */
  readonly args?: readonly string[];
}
const VARIANTS: Readonly<Record<string, Variant>> = {
  bare: {},
  'bare again': {},
  'subscribers on undici’s channels': { args: ['0', ...UNDICI, 'undici:client:sendHeaders'] },
  'subscribers on sockets': { args: ['0', 'net.client.socket', 'undici:request:bodyChunkSent'] },
  'as many objects of the application’s own': { args: ['28000'] },
  'node’s own modules that it needs': { require: 'node:https' },
  'preload, loaded only': { require: join(root, 'dist/instrumentation/register.bundle.cjs') },
  'preload, no exporter': { require: register, env: { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' } },
  preload: { require: register },
};

/** Wilson's interval of a share, in per cent. */
function interval(seen: number, of: number): string {
  const z = 1.96;
  const share = seen / of;
  const middle = share + (z * z) / (2 * of);
  const half = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  const percent = (n: number): string => ((100 * n) / (1 + (z * z) / of)).toFixed(0);
  return `${percent(middle - half)}–${percent(middle + half)} %`;
}

const only = process.argv.slice(3);
const names = Object.keys(VARIANTS).filter((name) => only.length === 0 || only.includes(name));
const of = rounds * UPLOADS;
for (resetMs of RESETS) {
  const seen = new Map(names.map((name) => [name, 0]));
  for (let round = 0; round < rounds; round++)
    for (let i = 0; i < names.length; i++) {
      const name = names[(round + i) % names.length]!;
      const { require, env, args = [] } = VARIANTS[name]!;
      const child = [...(require ? ['--require', require] : []), join(root, 'bench/support/upload.cjs'), base, ...args];
      const { stdout } = await run(process.execPath, child, {
        env: { PATH: process.env['PATH'], OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', ...env },
      });
      seen.set(name, seen.get(name)! + Number(stdout));
    }
  console.log(`reset after ${resetMs} ms`);
  for (const [name, n] of seen) console.log(`  ${name.padEnd(44)}${`${n} of ${of}`.padEnd(14)}${interval(n, of)}`);
}
server.close();
