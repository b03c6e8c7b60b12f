import { isSecretWord, redactText } from '../redact/index.ts';
import type { Answer, Evidence } from './types.ts';

export type { Answer, Evidence, RateLimit } from './types.ts';

const REQUEST_ID = [
  'x-request-id',
  'request-id',
  'x-amzn-requestid',
  'x-amz-request-id',
  'x-ms-request-id',
  'apim-request-id',
];

/** What the answer says about the failure. Never throws. */
export function extract(answer: Answer): Evidence {
  const evidence: Evidence = { failedIn2xx: false, origin: 'provider' };
  for (const name of REQUEST_ID) {
    const value = answer.header(name);
    if (value && value.length <= 128 && !isSecretWord(value)) {
      evidence.requestId = value;
      break;
    }
  }
  const retry = answer.header('retry-after');
  if (retry !== undefined && /^\d{1,9}(?:\.\d{1,9})?$/.test(retry)) evidence.retryAfter = Number(retry);
  if (answer.body === undefined || answer.body === '') return evidence;
  try {
    const body = JSON.parse(answer.body.slice(0, 16_384)) as {
      ok?: unknown;
      error?: { code?: unknown; message?: unknown };
      code?: unknown;
      message?: unknown;
    };
    const code = body.error?.code ?? body.code ?? body.error;
    if (
      (typeof code === 'string' || typeof code === 'number') &&
      /^[\w.:-]{1,128}$/.test(`${code}`) &&
      Number(code) !== answer.status
    )
      evidence.code = `${code}`;
    const message = body.error?.message ?? body.message;
    if (typeof message === 'string') evidence.message = redactText(message);
    if (answer.status < 300 && body.ok === false) evidence.failedIn2xx = true;
  } catch {
    // Not JSON, or cut off.
  }
  return evidence;
}
