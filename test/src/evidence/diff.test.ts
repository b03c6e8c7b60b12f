import { describe, expect, it } from 'vitest';
import { differencesOf, type Outcome } from '../../../src/evidence/diff.ts';

const outcome = (members: Partial<Outcome> = {}): Outcome => ({ status: 401, headers: [], ...members });
const wheres = (a: Partial<Outcome>, b: Partial<Outcome>) => differencesOf(outcome(a), outcome(b)).map((d) => d.where);

describe('what changed between two runs', () => {
  it('tells status and code first, with both values', () => {
    const [first, second] = differencesOf(outcome({ code: 'expired' }), outcome({ status: 200 }));
    expect(first).toEqual({ where: 'status', before: '401', after: '200' });
    expect(second).toEqual({ where: 'code', before: 'expired', after: undefined });
  });

  it('leaves out headers that differ by nature, and those the body tells', () => {
    const headers = (n: number): Outcome['headers'] => [
      ['date', `${n}`],
      ['x-request-id', `${n}`],
      ['x-ratelimit-remaining', `${n}`],
      ['content-length', `${n}`],
      ['x-plan', `${n}`],
    ];
    expect(wheres({ headers: headers(1) }, { headers: headers(2) })).toEqual(['header x-plan']);
  });

  it('compares JSON by path, in the order it stands', () => {
    const before = '{"error":{"code":"a","tags":["x","y"]},"same":{}}';
    const after = '{"error":{"code":"b","tags":["x"]},"same":{},"new":null}';
    expect(differencesOf(outcome({ body: before }), outcome({ body: after }))).toEqual([
      { where: 'body.error.code', before: '"a"', after: '"b"' },
      { where: 'body.error.tags[1]', before: '"y"', after: undefined },
      { where: 'body.new', before: undefined, after: 'null' },
    ]);
  });

  it('compares any other text whole, and no body with none', () => {
    expect(wheres({ body: 'Bad Gateway' }, { body: '{}' })).toEqual(['body']);
    expect(wheres({ body: '' }, {})).toEqual([]);
  });

  it('stops at fifty', () => {
    const body = JSON.stringify(Array.from({ length: 9000 }, (_, i) => i));
    expect(differencesOf(outcome({ body }), outcome())).toHaveLength(50);
  });
});
