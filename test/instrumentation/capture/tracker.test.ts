import { expect, it } from 'vitest';
import type { Call } from '../../../instrumentation/capture/call.ts';
import { originOf, targetOf } from '../../../instrumentation/capture/target.ts';
import { Tracker } from '../../../instrumentation/capture/tracker.ts';
import { readerFor } from '../../../instrumentation/judge/reader.ts';

/** Whether the bytes of one answer after another, all of one URL, are looked at. */
function looks(answers: readonly { type: string; names?: readonly string[]; status?: number }[]): boolean[] {
  const tracker = new Tracker({ start() {}, end() {} }, { readerOf: readerFor });
  const target = targetOf(originOf('http://x.test'), `/${answers.map(({ type }) => type).join()}`, false);
  const plain = ['content-type', 'content-length'];
  return answers.map(({ type, names = plain, status = 200 }) => {
    const headers: Record<string, string> = { 'content-type': type };
    for (const name of names) headers[name] ??= '5';
    const call = { target, method: 'GET', path: '/', host: 'x.test', status, read() {}, keepBody() {} };
    const answered = { responseHeader: (name: string) => headers[name], responseHeaderNames: () => names };
    return tracker.watches({ ...call, ...answered } as unknown as Call);
  });
}

const JSON_TYPE = 'application/json';

it('looks at a stream where an answer before was none, and the other way round', () => {
  expect(looks([JSON_TYPE, JSON_TYPE, 'text/event-stream', JSON_TYPE].map((type) => ({ type })))).toEqual([
    false,
    false,
    true,
    false,
  ]);
});

it('looks at an answer with other headers, and at one that failed', () => {
  const other = ['content-type', 'x-clickhouse-query-id'];
  const answers = [{ type: JSON_TYPE }, { type: JSON_TYPE, names: other }, { type: JSON_TYPE, status: 500 }];
  expect(looks(answers)).toEqual([false, true, true]);
});
