import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer } from '../../../src/extract/index.ts';

export interface Case {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly content_type: string | null;
  readonly body: string;
  readonly host: string;
  readonly path?: string;
  readonly request_headers?: Readonly<Record<string, string>>;
  readonly expect: {
    readonly provider_code: string | null;
    readonly sub_code?: string;
    readonly request_id: string | null;
    readonly retry_after_s?: number;
    readonly error_on_2xx: boolean;
    readonly message?: string;
    readonly layer?: string;
  };
}
export interface Entry {
  readonly provider: string;
  readonly hosts: readonly string[];
  readonly confidence: string;
  readonly cases: readonly Case[];
}

/** "Now" of every case: their `Date` header says the same. */
export const NOW = Date.UTC(2026, 0, 1);

export const readFixture = (): Entry[] =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../fixtures/providers.json'), 'utf8')) as Entry[];

/** Headers as a record, in lower case, and a body → what `extract` takes. */
export function answerOf(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  host = 'api.example.test',
): Answer {
  const contentType = headers['content-type'];
  return {
    status,
    host,
    header: (name) => headers[name],
    headerNames: () => Object.keys(headers),
    body,
    ...(contentType === undefined ? {} : { contentType }),
    nowMs: NOW,
  };
}
