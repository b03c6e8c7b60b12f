import { describe, expect, it } from 'vitest';
import { detailOf, errorCodeOf } from '../../../src/layers/detail.ts';

const raised = (message: string, members: object = {}) => Object.assign(new Error(message), members);

describe('the client’s own error code', () => {
  it.each<[string, unknown, string | undefined]>([
    [
      'the first on the way down',
      raised('fetch failed', { cause: raised('x', { code: 'ECONNREFUSED' }) }),
      'ECONNREFUSED',
    ],
    ['a telling name where there is none', new DOMException('late', 'TimeoutError'), 'TimeoutError'],
    ['the name of a class', raised('x', { name: 'AxiosError' }), 'AxiosError'],
    ['nothing of a plain error', raised('x'), undefined],
    ['nothing of a word', 'aborted', undefined],
    ['at most 64 characters', raised('x', { code: 'E'.repeat(200) }), 'E'.repeat(64)],
  ])('%s', (_, error, code) => {
    expect(errorCodeOf(error)).toBe(code);
  });
});

describe('the line a person would paste', () => {
  it.each<[string, unknown, object, string | undefined]>([
    [
      'the root’s message',
      Object.assign(new TypeError('fetch failed'), { cause: raised('connect ECONNREFUSED 127.0.0.1:1') }),
      {},
      'connect ECONNREFUSED 127.0.0.1:1',
    ],
    [
      'every address of an aggregate',
      raised('fetch failed', {
        cause: Object.assign(
          new AggregateError([
            raised('a', { code: 'ECONNREFUSED', address: '::1', port: 80 }),
            raised('b', { code: 'ETIMEDOUT', address: '10.0.0.1' }),
            raised('nothing known'),
          ]),
        ),
      }),
      {},
      'ECONNREFUSED ::1 port 80, ETIMEDOUT 10.0.0.1, nothing known',
    ],
    [
      'OpenSSL’s reason without its thread',
      raised('00A1B2C3:error:0A000438:SSL routines:ssl3_read_bytes:tlsv1 alert internal error:../ssl/record.c:1:'),
      {},
      'tlsv1 alert internal error (SSL routines)',
    ],
    ['the certificate', raised('bad'), { issuer: 'Test CA', validTo: 'Jan 1' }, 'bad; issuer Test CA; valid to Jan 1'],
    ['bytes of those announced', raised('cut'), { announced: 10 }, 'cut; 0 of 10 bytes received'],
    ['and those that came', undefined, { announced: 10, received: 4 }, '4 of 10 bytes received'],
    ['nothing where nothing is known', undefined, {}, undefined],
  ])('%s', (_, error, seen, line) => expect(detailOf(error, seen)).toBe(line));
});
