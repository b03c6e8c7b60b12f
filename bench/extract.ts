import { performance } from 'node:perf_hooks';
import { type Answer, extract } from '../src/extract/index.ts';
import { rpcReader } from '../src/stream/failure-event.ts';

// Cost of reading one failed answer, beside JSON.parse of the same body. Interleaved rounds; the median of each counts.

/** @param paid what one attempt was about: with another number no body repeats an earlier one */
const bodyOf = (paid: number, requestId: string): string =>
  JSON.stringify({
    error: {
      code: 'card_declined',
      decline_code: 'insufficient_funds',
      doc_url: 'https://docs.orchard.example/errors/card-declined',
      message: 'The card has insufficient funds, please use another one.',
      type: 'card_error',
      payment: {
        id: 'pay_1',
        attempts: Array.from({ length: 9 }, (_, i) => ({
          id: `at_${i}`,
          object: 'attempt',
          amount: paid + i,
          status: 'failed',
          captured: false,
          outcome: { type: 'declined', reason: 'insufficient_funds', network: 'declined_by_network' },
        })),
      },
    },
    request_id: requestId,
  });
const BODY = bodyOf(1000, 'req_1000');
const DIFFERENT = [BODY, bodyOf(2000, 'req_1000')];
const REPEATED = Array.from({ length: 64 }, (_, i) => bodyOf(1000, `req_${1000 + i}`));
const CUT = DIFFERENT.map((body) => body.slice(0, body.length / 2));
let turn = 0;
const next = (bodies: readonly string[]): string => bodies[turn++ % bodies.length]!;

const HEADERS: Readonly<Record<string, string>> = {
  date: 'Thu, 01 Jan 2026 00:00:00 GMT',
  'content-type': 'application/json',
  'content-length': String(BODY.length),
  connection: 'keep-alive',
  server: 'nginx',
  'request-id': 'req_1',
  'cache-control': 'no-store',
  'strict-transport-security': 'max-age=63072000',
  'access-control-allow-origin': '*',
  'x-ratelimit-limit': '100',
  'x-ratelimit-remaining': '99',
  'x-ratelimit-reset': '1767225660',
  vary: 'origin',
};
/** The same array for the same names, as capture gives it. */
const NAMES = Object.keys(HEADERS);
const answer = (status: number, body?: string): Answer => ({
  status,
  host: 'api.orchard.example',
  header: (name) => HEADERS[name],
  headerNames: () => NAMES,
  contentType: 'application/json',
  ...(body === undefined ? {} : { body }),
  nowMs: 0,
});

/** As the bytes of a POST's 2xx pass, and its end. */
function lookFor(bytes: Uint8Array): unknown {
  const reader = rpcReader();
  reader.add(bytes);
  return reader.end(true);
}
const ORDINARY = Buffer.from(`{"object":"list","data":[${BODY}]}`);
const RPC = Buffer.from(`{"jsonrpc":"2.0","id":1,"result":${BODY}}`);
const RPC_ERROR = Buffer.from('{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method not found"}}');
if (lookFor(ORDINARY) !== undefined || lookFor(RPC) !== undefined || lookFor(RPC_ERROR) === undefined)
  throw new Error('the look at JSON-RPC does not tell what it is measured for');

const LONG = `{"message":"${'[{"a":"b@c.'.repeat(6000)}`;
const JOBS: Readonly<Record<string, { run: () => unknown; times: number }>> = {
  [`JSON.parse, ${BODY.length} bytes`]: { run: () => JSON.parse(BODY), times: 5000 },
  [`extract, ${BODY.length} bytes of JSON error`]: { run: () => extract(answer(402, next(DIFFERENT))), times: 5000 },
  'extract, the same but for its request ID': { run: () => extract(answer(402, next(REPEATED))), times: 5000 },
  'extract, the same cut in half (closed, then parsed)': {
    run: () => extract(answer(402, next(CUT))),
    times: 5000,
  },
  'extract, a success without a body': { run: () => extract(answer(200)), times: 5000 },
  'JSON-RPC? ordinary JSON: its first 64 bytes': { run: () => lookFor(ORDINARY), times: 20_000 },
  'JSON-RPC? a good answer of it: read whole': { run: () => lookFor(RPC), times: 5000 },
  'JSON-RPC? an error of it': { run: () => lookFor(RPC_ERROR), times: 20_000 },
  'extract, a hostile body at the cap': { run: () => extract(answer(500, LONG)), times: 50 },
  'extract, 8000 brackets': { run: () => extract(answer(500, '[{"error":'.repeat(1600))), times: 50 },
};

const ROUNDS = 9;
const results = new Map<string, number[]>();
for (let round = 0; round < ROUNDS; round++)
  for (const [name, { run, times }] of Object.entries(JOBS)) {
    const start = performance.now();
    for (let i = 0; i < times; i++) run();
    const list = results.get(name) ?? [];
    list.push(((performance.now() - start) / times) * 1000);
    results.set(name, list);
  }

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!;
const base = median([...results.values()][0]!);
for (const [name, list] of results)
  console.log(`${median(list).toFixed(2).padStart(9)} µs  ${(median(list) / base).toFixed(2).padStart(7)} ×  ${name}`);
