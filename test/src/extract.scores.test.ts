import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { extract } from '../../src/extract/index.ts';
import { layerOfAnswer } from '../../src/layers/answer.ts';
import { answersMany, providerName } from '../../src/providers/index.ts';
import { answerOf, type Case, type Entry } from './extract/fixture.ts';

type Field = 'code' | 'no code' | 'request ID' | 'wait' | 'no wait' | '2xx verdict' | 'message' | 'layer';
type Score = Partial<Record<Field, [right: number, of: number]>>;
const UNKNOWN_HOST = 'api.orchard.example';

/** What was asked of one case: field, whether it is right, what was found. */
function judge(c: Case, host: string, isBatch: boolean): [Field, boolean, unknown][] {
  const e = extract({ ...answerOf(c.status, c.headers, c.body, host), isBatch });
  const { provider_code: code, request_id: id, retry_after_s: wait, message, layer } = c.expect;
  const found = layerOfAnswer(c.status, e, providerName(host));
  return [
    code === null ? ['no code', e.code === undefined, e.code] : ['code', e.code === code, e.code],
    ...(id === null ? [] : [['request ID', e.requestId === id, e.requestId] as [Field, boolean, unknown]]),
    wait === undefined
      ? ['no wait', e.retryAfter === undefined, e.retryAfter]
      : ['wait', e.retryAfter !== undefined && Math.abs(e.retryAfter - wait) < 0.5, e.retryAfter],
    ...(c.status < 300
      ? [['2xx verdict', e.failedIn2xx === c.expect.error_on_2xx, e.failedIn2xx] as [Field, boolean, unknown]]
      : []),
    ...(message === undefined
      ? []
      : [['message', e.message?.includes(message) === true, e.message] as [Field, boolean, unknown]]),
    ...(layer === undefined ? [] : [['layer', found === layer, found] as [Field, boolean, unknown]]),
  ];
}

function scoreOf(file: string, host?: string): { score: Score; wrong: string[] } {
  const entries = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures', file), 'utf8')) as Entry[];
  const score: Score = {};
  const wrong: string[] = [];
  for (const { provider, cases } of entries)
    for (const [i, c] of cases.entries())
      for (const [field, right, found] of judge(
        c,
        host ?? c.host,
        file === 'batches.json' && (c.path === undefined || answersMany('', c.path)),
      )) {
        const of = score[field] ?? [0, 0];
        score[field] = of;
        of[0] += right ? 1 : 0;
        of[1]++;
        if (!right) wrong.push(`${provider}#${i} ${field}: ${String(found)}`);
      }
  const line = Object.entries(score).map(([field, [right, of]]) => `${field} ${right}/${of}`);
  console.log(`${file}${host === undefined ? '' : ', hosts unknown'}: ${line.join(', ')}\n  ${wrong.join('\n  ')}`);
  return { score, wrong };
}

const share = (of: [number, number] | undefined): number => (of === undefined ? 1 : of[0] / of[1]);

describe('answers that the rules are tuned to', () => {
  it('have their code, request ID and wait, and none invented', () => {
    const { score } = scoreOf('answers-tuned.json');
    expect(share(score.code)).toBeGreaterThanOrEqual(0.97);
    expect(share(score['request ID'])).toBeGreaterThanOrEqual(0.95);
    expect([share(score.wait), share(score['no wait']), share(score['no code']), share(score['2xx verdict'])]).toEqual([
      1, 1, 1, 1,
    ]);
  });
  it('have their code with hosts that the catalogue does not know', () => {
    const { score } = scoreOf('answers-tuned.json', UNKNOWN_HOST);
    expect(share(score.code)).toBeGreaterThanOrEqual(0.9);
  });
  it.each(['batches.json', 'soap.json'])('%s: all are right', (file) => {
    expect(scoreOf(file).wrong).toEqual([]);
  });
});

/**
 * Labelled before the first run, which said: code 57/69, no code 22/23, request ID 20/25, wait 3/4, message 74/89, 2xx verdict 6/10. What
 * was missed then was mended by kind; what is missed still is one vendor's own.
 */
describe('answers of APIs in no other list', () => {
  it('have their code, request ID, wait and message, and none invented', () => {
    const { score } = scoreOf('answers-untouched.json');
    expect(score.code?.[1]).toBeGreaterThan(60);
    for (const [field, floor] of [
      ['code', 0.95],
      ['request ID', 0.95],
      ['message', 0.95],
      ['2xx verdict', 0.8],
    ] as const)
      expect(share(score[field]), field).toBeGreaterThanOrEqual(floor);
    expect([share(score.wait), share(score['no wait']), share(score['no code']), share(score.layer)]).toEqual([
      1, 1, 1, 1,
    ]);
  });

  /**
   * Each list was labelled and committed before its first run, and came after the mends of the list before. First runs, together: code 66/73
   * (59/64 of what fails by its status), request ID 21/30, wait 6/7, 2xx verdict 3/6; no code, ID or wait was invented.
   */
  it.each(['answers-later.json', 'answers-round-3.json', 'answers-round-4.json', 'answers-round-5.json'])(
    'is so of those labelled after the rules were mended: %s',
    (file) => {
      const { score } = scoreOf(file);
      for (const field of ['code', 'request ID', 'message', 'layer'] as const)
        expect(share(score[field]), field).toBeGreaterThanOrEqual(0.9);
      const exact = ['no code', 'wait', 'no wait', '2xx verdict'] as const;
      expect(exact.map((field) => share(score[field]))).toEqual([1, 1, 1, 1]);
    },
  );

  /**
   * 38 answers of 36 APIs. First run: code 20/26 (20/23 of what fails by its status), request ID 14/14, wait 3/5, message 34/37, layer 34/36,
   * 2xx verdict 0/3; no code or ID was invented. What is missed still is one vendor's own: two that fail inside a 2xx in words of their own, and a
   * `retry_after` in milliseconds.
   */
  it('is so of the sixth list, but for what is one vendor’s own', () => {
    const { wrong } = scoreOf('answers-round-6.json');
    const vendors = ['acumulus#0', 'libyasms#0', 'eludris#0 wait'];
    expect(wrong.filter((line) => !vendors.some((vendor) => line.startsWith(vendor)))).toEqual([]);
  });

  /**
   * 50 answers of 49 APIs. About half of the documents were read for it, the others are known and were not read again; some values in the documented
   * shape are examples of ours. First run: code 33/37, request ID 17/18, wait 3/4, message 49/49, layer 49/49, 2xx verdict 1/1; no code, ID or wait
   * was invented, and it was the same with hosts that the catalogue does not know. What is missed still is one vendor's own name of its request ID.
   */
  it('is so of the seventh list, but for what is one vendor’s own', () => {
    for (const host of [undefined, UNKNOWN_HOST]) {
      const { wrong } = scoreOf('answers-round-7.json', host);
      expect(wrong).toEqual(['plivo#0 request ID: undefined']);
    }
  });
});
