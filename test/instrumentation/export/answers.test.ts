import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AnswerReader } from '../../../instrumentation/export/answers.ts';

function read(...chunks: string[]) {
  const answers: { status: number; last: boolean; after: string | undefined }[] = [];
  const reader = new AnswerReader(({ status, last, header }) =>
    answers.push({ status, last, after: header('retry-after') }),
  );
  return { answers, usable: chunks.every((chunk) => reader.push(Buffer.from(chunk, 'latin1'))) };
}

const STREAM = [
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHTTP/',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\na\r\nb\r\nA\r\n0123456789\r\n0\r\n\r\n',
  'HTTP/1.1 204 No Content\r\n\r\n',
  'HTTP/1.1 503 Busy\r\nRetry-After:  7 \r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
].join('');
const ANSWERS = [
  { status: 200, last: false, after: undefined },
  { status: 200, last: false, after: undefined },
  { status: 204, last: false, after: undefined },
  { status: 503, last: true, after: '7' },
];

it('reads answers one after another, however their bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(STREAM.length), { maxLength: 12 }), (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), STREAM.length];
      expect(read(...at.slice(1).map((end, i) => STREAM.slice(at[i], end)))).toEqual({
        answers: ANSWERS,
        usable: true,
      });
    }),
  );
});

it.each([
  ['no HTTP', 'SSH-2.0-x\r\n\r\n', 0],
  ['another version', 'HTTP/2 200\r\n\r\n', 0],
  ['a head without end', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(20_000)}`, 0],
  ['a loop of interim answers', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(4000), 0],
  ['300 MiB', `HTTP/1.1 200 OK\r\nContent-Length: ${300 * 2 ** 20}\r\n\r\n`, 1],
  ['a body without end', 'HTTP/1.1 200 OK\r\n\r\n{}', 1],
  ['chunks without end', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\na\r\n'.repeat(12_000)}`, 1],
])('gives up a connection that sends %s', (_, text, answers) => {
  const seen = read(text);
  expect(seen.usable).toBe(false);
  expect(seen.answers).toHaveLength(answers);
});

it('never throws, whatever comes', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(fc.string(), fc.constantFrom('HTTP/1.1 200 OK\r\n', '\r\n\r\n', 'transfer-encoding: chunked\r\n')),
      ),
      (parts) => {
        expect(() => read(...parts)).not.toThrow();
      },
    ),
  );
});
