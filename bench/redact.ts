import { performance } from 'node:perf_hooks';
import { redactBody } from '../src/evidence/body.ts';
import { redactText, redactUrl, requestHeaders } from '../src/redact/index.ts';

// Cost of redacting what one failed call shows: its URL, its headers, its message, its bodies. No text is seen twice, so that no memory helps.

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
const items = (): object[] => Array.from({ length: 120 }, item);

const CASES: Readonly<Record<string, () => void>> = {
  URL: () =>
    redactUrl(`https://api.orchard.example/v1/pears/pear_${id()}/seeds?page=${turn}&sort=name&api_key=${id()}`),
  headers: () =>
    requestHeaders(names, (name) =>
      name === 'x-tenant' ? id() : name === 'user-agent' ? `${HEADERS[name]} ${turn}` : HEADERS[name],
    ),
  message: () =>
    redactText(
      `No such pear: pear_${id()}; a similar one exists in live mode, but a test key was used (attempt ${turn}).`,
    ),
  'JSON body, 16 KiB': () => redactBody(JSON.stringify({ items: items() }).slice(0, 16_384), 'request'),
  'form body, 16 KiB': () =>
    redactBody(
      Array.from({ length: 700 }, () => `note${turn % 9}=value+${id()}`)
        .join('&')
        .slice(0, 16_384),
      'request',
    ),
  'text body, 16 KiB': () =>
    redactBody(
      Array.from({ length: 260 }, () => `line ${id()}: the pear was declined, status: failed, amount=12.50`)
        .join('\n')
        .slice(0, 16_384),
      'request',
    ),
};

const rounds = Number(process.argv[2] ?? 7);
for (const [name, run] of Object.entries(CASES)) {
  const times: number[] = [];
  const count = name.includes('KiB') ? 40 : 8000;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    for (let i = 0; i < count; i++) run();
    times.push(((performance.now() - start) / count) * 1000);
  }
  const median = times.sort((a, b) => a - b)[rounds >> 1]!;
  console.log(`${name.padEnd(20)} ${median.toFixed(2).padStart(9)} µs`);
}
