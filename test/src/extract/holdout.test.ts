import { describe, expect, it } from 'vitest';
import { extract } from '../../../src/extract/index.ts';
import { answerOf } from './fixture.ts';
import { HOLD_OUT } from './holdout.ts';

describe('answers of vendors nobody listed', () => {
  it.each(HOLD_OUT)('$name', (c) => {
    const body = typeof c.body === 'string' ? c.body : JSON.stringify(c.body);
    const headers = { 'content-type': 'application/json', date: 'Thu, 01 Jan 2026 00:00:00 GMT', ...c.headers };
    const e = extract(answerOf(c.status, headers, body, 'api.orchard.example'));
    expect({ code: e.code ?? null, requestId: e.requestId, retryAfter: e.retryAfter, failed: e.failedIn2xx }).toEqual({
      code: c.code,
      requestId: c.requestId,
      retryAfter: c.retryAfter,
      failed: c.failedIn2xx ?? false,
    });
  });
});
