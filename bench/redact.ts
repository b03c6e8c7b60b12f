/**
 * Cost of redacting what one failed call shows: its URL, its headers, its message, its bodies. No text is seen twice, so that no memory helps.
 *
 *   node bench/redact.ts            microseconds
 *   node bench/redact.ts <commit>   beside those of an earlier commit, interleaved, and the ratios
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

interface Redactor {
  redactUrl(url: string): string;
  redactText(text: string): string;
  redactBody(body: string, side: 'request' | 'response'): string;
  requestHeaders(names: readonly string[], headerOf: (name: string) => string | undefined): unknown;
}
const root = join(import.meta.dirname, '..');

async function redactorOf(at: string): Promise<Redactor> {
  const redact = (await import(join(at, 'src/redact/index.ts'))) as Redactor;
  if (redact.redactBody !== undefined) return redact;
  return { ...redact, ...((await import(join(at, 'src/evidence/body.ts'))) as Pick<Redactor, 'redactBody'>) };
}

let turn = 0;
const id = (): string => `${(++turn * 2654435761) >>> 0}`.padStart(10, '3');
const HEADERS: Readonly<Record<string, string>> = {
  accept: 'application/json',
  authorization: 'Bearer none',
  'content-type': 'application/json; charset=utf-8',
  'user-agent': 'orchard/1.4.2 (linux; x64) node/24.1.0',
  'stripe-version': '2024-06-20',
  'idempotency-key': 'b1f6',
  'x-tenant': '42',
};
const names = Object.keys(HEADERS);
const item = (): object => ({
  id: `at_${id()}`,
  object: 'attempt',
  amount: turn,
  status: 'failed',
  outcome: { reason: 'insufficient_funds', note: `declined by network ${turn}` },
});
const lines = (count: number, line: () => string, mark: string): string =>
  Array.from({ length: count }, line).join(mark).slice(0, 16_384);

const CASES: Readonly<Record<string, (redact: Redactor) => void>> = {
  URL: ({ redactUrl }) =>
    redactUrl(`https://api.orchard.example/v1/pears/pear_${id()}/seeds?page=${turn}&sort=name&api_key=${id()}`),
  headers: ({ requestHeaders }) =>
    requestHeaders(names, (name) =>
      name === 'x-tenant' ? id() : name === 'user-agent' ? `${HEADERS[name]} ${turn}` : HEADERS[name],
    ),
  message: ({ redactText }) =>
    redactText(
      `No such pear: pear_${id()}; a similar one exists in live mode, but a test key was used (attempt ${turn}).`,
    ),
  'short message': ({ redactText }) => redactText(`The card number ${turn} was declined: insufficient funds.`),
  'JSON body, 16 KiB': ({ redactBody }) =>
    redactBody(JSON.stringify({ items: Array.from({ length: 120 }, item) }).slice(0, 16_384), 'request'),
  'form body, 16 KiB': ({ redactBody }) =>
    redactBody(
      lines(700, () => `note${turn % 9}=value+${id()}`, '&'),
      'request',
    ),
  'text body, 16 KiB': ({ redactBody }) =>
    redactBody(
      lines(260, () => `line ${id()}: the pear was declined, status: failed, amount=12.50`, '\n'),
      'request',
    ),
};

function timeOf(run: (redact: Redactor) => void, redact: Redactor, count: number): number {
  const start = performance.now();
  for (let i = 0; i < count; i++) run(redact);
  return ((performance.now() - start) / count) * 1000;
}
const median = (times: number[]): number => times.sort((a, b) => a - b)[times.length >> 1]!;

const [commit] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'faultlayer-redact-'));
try {
  const redactors = [await redactorOf(root)];
  if (commit !== undefined) {
    const sources = execFileSync('git', ['archive', commit, 'src', 'package.json'], { cwd: root, maxBuffer: 2 ** 28 });
    execFileSync('tar', ['-x', '-C', folder], { input: sources });
    redactors.push(await redactorOf(folder));
  }
  for (const [name, run] of Object.entries(CASES)) {
    const count = name.includes('KiB') ? 20 : 3000;
    const times = redactors.map((): number[] => []);
    for (let round = 0; round < 15; round++)
      for (const [i, redact] of redactors.entries()) times[i]!.push(timeOf(run, redact, count));
    const [now, before] = times.map(median);
    const beside = before === undefined ? '' : `${before.toFixed(2).padStart(10)}  ${(now! / before).toFixed(2)} ×`;
    console.log(`${name.padEnd(20)} ${now!.toFixed(2).padStart(10)} µs${beside}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
