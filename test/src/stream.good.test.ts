import { expect, it } from 'vitest';
import { streamReader } from '../../src/stream/index.ts';
import { chat, envelope, QUOTED } from '../support/streams.ts';

/** A small seeded generator, so that what fails can be run again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const WORDS = [
  QUOTED,
  'error',
  '"error"',
  '{"error":{"message":"x","code":"y"}}',
  'event: error',
  '\nevent: error\ndata: {',
  '\n\n',
  '\\"error\\":{',
  'data: ',
  '"type":"error"',
  '{"type":"ERROR","object":{"code":500}}',
  ':message-type\u0007\u0000\u0009exception',
  'grpc-status: 14',
  'isError":true',
  '💥',
  'Ω',
  '{"jsonrpc":"2.0","error":{"code":-32603,"message":"m"}}',
  'response.failed',
  '[DONE]',
  'Code: 241. DB::Exception: x (version 1)',
  '\u2028',
  '\\',
  '"',
  'errors',
  '"errors":[{"message":"m"}]',
  'null',
  '}',
  '{',
  'word ',
  'a much longer run of words that a model may well write in one go ',
] as const;

/** What an answer looks like that is laid out so. */
const ANSWERS: Readonly<Record<string, readonly [type: string, path: string, header?: string]>> = {
  events: ['text/event-stream', '/'],
  lines: ['application/x-ndjson', '/'],
  array: ['application/json', '/v1/m:streamGenerateContent'],
  clickhouse: ['text/tab-separated-values', '/', 'x-clickhouse-query-id'],
  document: ['application/json', '/api/v1/stream'],
  solr: ['application/json', '/solr/books/stream'],
  docker: ['application/json', '/', 'server'],
  gateway: ['application/json', '/', 'grpc-metadata-content-type'],
  influx: ['text/csv', '/', 'x-influxdb-version'],
  connect: ['application/connect+json', '/'],
};

/** A stream that ends well, of one kind, whose texts are made of everything that a failure is told by. */
function good(next: () => number): { kind: string; bytes: Buffer } {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
  const words = (): string => Array.from({ length: Math.floor(next() * 12) }, () => pick(WORDS)).join('');
  const many = (make: () => string): string => Array.from({ length: 1 + Math.floor(next() * 30) }, make).join('');
  const json = (value: unknown): string => JSON.stringify(value);
  const makers: readonly (() => { kind: string; text: string })[] = [
    () => ({ kind: 'events', text: `${many(() => chat(words()))}${chat('', 'stop')}data: [DONE]\n\n` }),
    () => ({
      kind: 'events',
      text: `event: message_start\ndata: ${json({ type: 'message_start' })}\n\n${many(() => `event: content_block_delta\ndata: ${json({ type: 'content_block_delta', delta: { text: words() } })}\n\n`)}event: message_stop\ndata: {"type":"message_stop"}\n\n`,
    }),
    () => ({
      kind: 'events',
      text: many(() => `data: ${json({ result: { note: words(), error: null, errors: [] } })}\r\n\r\n`),
    }),
    () => ({
      kind: 'events',
      text: many(
        () => `data: ${json({ jsonrpc: '2.0', id: 1, result: { content: [{ text: words() }], isError: false } })}\n\n`,
      ),
    }),
    () => ({
      kind: 'lines',
      text: `${many(() => `${json({ response: words(), done: false })}\n`)}${json({ done: true })}\n`,
    }),
    () => ({
      kind: 'lines',
      text: many(
        () => `${json({ type: 'ADDED', object: { status: { error: words(), code: 500 }, type: 'ERROR' } })}\n`,
      ),
    }),
    () => ({
      kind: 'array',
      text: `[${Array.from({ length: 5 }, () => json({ candidates: [{ text: words(), error: { code: 1, message: words() } }] })).join('\n,')}]`,
    }),
    () => ({ kind: 'document', text: json({ stream: words(), error: { code: words(), message: words() } }) }),
    () => ({
      kind: 'document',
      text: JSON.stringify([{ error: words() }, { errors: [{ message: words(), code: 'E' }] }], null, 1),
    }),
    () => ({ kind: 'solr', text: json({ 'result-set': { docs: [{ a: words() }, { EOF: true, RESPONSE_TIME: 3 }] } }) }),
    () => ({ kind: 'docker', text: many(() => `${json({ stream: words() })}\r\n`) }),
    () => ({ kind: 'gateway', text: many(() => `${json({ result: { note: words(), error: words() } })}\n`) }),
    () => ({ kind: 'influx', text: many(() => `,_result,0,${words().replaceAll(/\s/g, ' ')}\r\n`) }),
    () => ({ kind: 'clickhouse', text: many(() => `${words().replaceAll('\n', '\\n')}\t1\n`) }),
  ];
  if (next() < 0.1) {
    const payloads = Array.from({ length: 5 }, () => envelope(0, words()));
    return {
      kind: 'connect',
      bytes: Buffer.concat([...payloads, envelope(2, json({ metadata: { note: [words()] } }))]),
    };
  }
  const { kind, text } = pick(makers)();
  return { kind, bytes: Buffer.from(text) };
}

/** `FAULTLAYER_FUZZ_SEED=…` for fresh ones. */
const SEED = Number(process.env['FAULTLAYER_FUZZ_SEED'] ?? 20);

it('calls no good stream of 10,000 a failure', () => {
  const next = random(SEED);
  const wrong: string[] = [];
  for (let i = 0; i < 10_000; i++) {
    const { kind, bytes } = good(next);
    const [type, path, header] = ANSWERS[kind]!;
    const reader = streamReader(type, path, (name) => (name === header ? 'Docker/1' : undefined))!();
    for (let at = 0; at < bytes.length; ) {
      const size = 1 + Math.floor(next() ** 3 * 2000);
      reader.add(bytes.subarray(at, at + size));
      at += size;
    }
    const found = reader.end(true);
    if (found !== undefined) wrong.push(`${i} ${kind}: ${found.kind} ${found.text?.slice(0, 200)}`);
  }
  expect(wrong).toEqual([]);
});
