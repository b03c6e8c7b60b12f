import { describe, expect, it } from 'vitest';
import { extract } from '../../src/extract/index.ts';
import { answerOf, type Case, type Entry, readFixture } from './extract/fixture.ts';

const FIELDS = [
  'code',
  'no code',
  'subcode',
  'request ID',
  'retry delay',
  'no retry delay',
  '2xx verdict',
  'message',
] as const;
type Field = (typeof FIELDS)[number];
type Score = Record<string, [right: number, of: number]>;

/** What was asked of one case: field, expected, found. */
function judge(c: Case): [Field, unknown, unknown][] {
  const e = extract(answerOf(c.status, c.headers, c.body, c.host));
  const rows: [Field, unknown, unknown][] = [
    c.expect.provider_code === null ? ['no code', null, e.code ?? null] : ['code', c.expect.provider_code, e.code],
    ['2xx verdict', c.expect.error_on_2xx, e.failedIn2xx],
    ['request ID', c.expect.request_id, e.requestId ?? null],
    c.expect.retry_after_s === undefined
      ? ['no retry delay', undefined, e.retryAfter]
      : ['retry delay', c.expect.retry_after_s, e.retryAfter],
  ];
  if (c.expect.sub_code !== undefined) rows.push(['subcode', c.expect.sub_code, e.subcode]);
  if (c.expect.message !== undefined) rows.push(['message', c.expect.message, e.message]);
  return rows;
}

function add(score: Score, key: string, right: boolean): void {
  score[key] ??= [0, 0];
  score[key][0] += right ? 1 : 0;
  score[key][1]++;
}

const entries: Entry[] = readFixture();

describe('answers of listed providers', () => {
  it('gives every expected field, and invents none', () => {
    const byField: Score = {};
    const byConfidence: Score = {};
    const wrong: string[] = [];
    let cases = 0;
    for (const entry of entries)
      for (const [i, c] of entry.cases.entries()) {
        cases++;
        let all = true;
        for (const [field, expected, found] of judge(c)) {
          const right = Object.is(expected, found);
          add(byField, field, right);
          all &&= right;
          if (!right) wrong.push(`${entry.provider}#${i} ${field}: ${String(found)}, not ${String(expected)}`);
        }
        add(byConfidence, entry.confidence, all);
      }
    const line = (score: Score): string =>
      Object.entries(score)
        .map(([key, [right, of]]) => `${key} ${right}/${of}`)
        .join(', ');
    console.log(
      `${cases} cases of ${entries.length} providers: ${line(byField)}\nwhole cases by confidence: ${line(byConfidence)}`,
    );
    expect(cases).toBeGreaterThanOrEqual(248);
    expect(wrong).toEqual([]);
  });
});
