import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { extract } from '../../../../src/extract/index.ts';
import { layerOfAnswer } from '../../../../src/layers/answer.ts';
import { answersMany, providerName, readsSuccessBodies } from '../../../../src/providers/index.ts';
import { streamReader } from '../../../../src/stream/index.ts';
import { answerOf } from '../fixture.ts';

/** A 2xx in which something may have failed, as its vendor documents it, labelled before the first run. */
interface Part {
  readonly name: string;
  readonly host: string;
  readonly path: string;
  readonly method?: string;
  readonly status: number;
  readonly type: string;
  /** Of the answer; `x-amz-target` is the request's. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** Layer, code, failed and all parts; `-` for what the answer does not tell. */
  readonly told: string;
  /** Its body is read only where the user names the host. */
  readonly read?: false;
}

function toldOf({ host, path, method = 'POST', status, type, headers = {}, body }: Part): {
  told: string;
  read: boolean;
} {
  const target = headers['x-amz-target'];
  const make = streamReader(type, path, (name) => headers[name]);
  const reader = make?.();
  reader?.add(Buffer.from(body));
  const finding = reader?.end(true);
  const text = reader === undefined ? body : (finding?.text ?? '');
  const isBatch = method !== 'GET' && answersMany(type, path, target);
  const e = extract({ ...answerOf(status, { 'content-type': type, ...headers }, text, host), isBatch });
  const layer = finding?.layer ?? layerOfAnswer(status, e, providerName(host));
  const parts = e.batch === undefined ? '' : ` ${e.batch.failed}/${e.batch.total ?? '-'}`;
  const told = layer === undefined ? 'good' : `${layer} ${e.code ?? '-'}${parts}`;
  return { told, read: make !== undefined || status === 207 || readsSuccessBodies(host, type, path, target) };
}

interface Score {
  /** Right ones and all, of answers that are read without being asked for, and of those whose host must be named. */
  readonly right: readonly [read: number, of: number, named: number, of: number];
  readonly wrong: string[];
  readonly unread: string[];
}
function score(file: string): Score {
  const cases = JSON.parse(readFileSync(join(import.meta.dirname, '../../../fixtures', file), 'utf8')) as Part[];
  const wrong: string[] = [];
  const unread: string[] = [];
  const right: [number, number, number, number] = [0, 0, 0, 0];
  for (const one of cases) {
    const { told, read } = toldOf(one);
    const at = one.read === false ? 2 : 0;
    right[at + 1]!++;
    if (told === one.told) right[at]!++;
    else wrong.push(`${one.name}: ${told}, not ${one.told}`);
    if (!read && at === 0 && one.told !== 'good') unread.push(one.name);
  }
  console.log(`${file}: ${right}\n  ${wrong.join('\n  ')}\n  ${unread}`);
  return { right, wrong, unread };
}

it('tells what failed inside the answers that the shapes are tuned to', () => {
  const { wrong, unread } = score('parts-tuned.json');
  // docs/limits.md: codes that are statuses, too
  expect(wrong).toEqual(['Postmark, batch: payload - 1/2, not payload 406 1/2']);
  expect(unread).toEqual([]);
});

/** The first run said the same: 24 of 26, and 3 of 12 where the user must name the host; no good answer was called a failure. */
it('tells it inside answers that were labelled before, and looked at after, the shapes were mended', () => {
  const { right, wrong, unread } = score('parts-untouched.json');
  expect(right[0] / right[1]).toBeGreaterThanOrEqual(0.9);
  expect(right[2]).toBeGreaterThanOrEqual(3);
  expect(wrong.filter((line) => line.endsWith('not good'))).toEqual([]);
  expect(unread).toEqual(['ArangoDB, documents']);
});
