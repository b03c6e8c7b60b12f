import { describe, expect, it } from 'vitest';
import { extract } from '../../src/extract/index.ts';
import { answerOf } from './extract/fixture.ts';
import { HOLD_OUT, type HoldOut } from './extract/holdout.ts';
import { VENDORS } from './extract/vendors.ts';

function found(c: HoldOut, host: string) {
  const body = typeof c.body === 'string' ? c.body : JSON.stringify(c.body);
  const headers = { 'content-type': 'application/json', date: 'Thu, 01 Jan 2026 00:00:00 GMT', ...c.headers };
  const e = extract({ ...answerOf(c.status, headers, body, host), isBatch: c.isBatch === true });
  return {
    code: e.code ?? null,
    requestId: e.requestId,
    retryAfter: e.retryAfter,
    failed: e.failedIn2xx,
    subcode: e.subcode,
  };
}
const wanted = (c: HoldOut) => ({
  code: c.code,
  requestId: c.requestId,
  retryAfter: c.retryAfter,
  failed: c.failedIn2xx ?? false,
});

describe('answers of vendors nobody listed', () => {
  it.each(HOLD_OUT)('$name', (c) => {
    expect(found(c, 'api.orchard.example')).toMatchObject(wanted(c));
  });
});

describe('documented shapes of vendors without a case in the fixture', () => {
  it.each(VENDORS)('$name', (c) => {
    const expected = c.subcode === undefined ? wanted(c) : { ...wanted(c), subcode: c.subcode };
    expect(found(c, c.host)).toMatchObject(expected);
  });
});
