import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REGISTER } from '../../support/preload.ts';
import { runNode } from '../../support/run-node.ts';
import { httpServer } from '../../support/servers.ts';

interface Told {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: { readonly code: number };
}
type ByPath = Readonly<Record<string, Told>>;

/** What the spans of an application's calls held, by their paths. */
async function spansOf(processors: string): Promise<Readonly<Record<'atOnce' | 'ended' | 'exported', ByPath>>> {
  await using server = await httpServer((request, response) => {
    const fails = request.url!.includes('fail');
    response.writeHead(fails ? 429 : 200, { 'content-type': 'application/json', 'x-request-id': 'req_1' });
    response.end(fails ? '{"error":{"code":"rate_limit_exceeded","message":"slow down"}}' : '{}');
  });
  const app = join(import.meta.dirname, 'batched-app.cjs');
  const { stdout, stderr } = await runNode(
    ['--require', REGISTER, app, `http://127.0.0.1:${server.port}`, processors],
    { deadlineMs: 50_000 },
  );
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

const GOOD = ['/fetch/ok', '/http/ok'];
const FAILED = ['/fetch/fail', ...Array.from({ length: 20 }, (_, i) => `/fetch/fail/${i}`)];
const expectWhole = (spans: ByPath): void => {
  expect(Object.keys(spans).sort()).toEqual([...GOOD, ...FAILED].sort());
  for (const path of GOOD)
    expect(spans[path]!.attributes).toMatchObject({
      ...{ 'api.status.class': '2xx', 'api.provider.request_id': 'req_1' },
      'url.full': expect.stringContaining('api_key=REDACTED'),
    });
  for (const path of FAILED) {
    expect(spans[path]!.attributes).toMatchObject({
      ...{ 'api.failure.layer': 'throttling', 'api.provider.code': 'rate_limit_exceeded', 'error.type': '429' },
    });
    expect(spans[path]!.status.code).toBe(2);
  }
  expect(JSON.stringify(spans)).not.toContain('verysecretvalue');
};

describe('a span that only waits to be exported', { timeout: 60_000 }, () => {
  it('ends with its call, and is written on before its exporter sees it', async () => {
    const { atOnce, exported } = await spansOf('batch');
    expect(Object.keys(atOnce)).toEqual(GOOD);
    for (const path of GOOD) expect(atOnce[path]!.attributes['api.status.class']).toBeUndefined();
    expectWhole(exported);
  });

  it('keeps to its SDK’s length of values', async () => {
    const { exported } = await spansOf('limited');
    const codes = Object.values(exported).map(({ attributes }) => attributes['api.provider.code']);
    expect(codes).toContain('rate_limit_e');
  });

  it.each(['beside', 'reading', 'adding'])(
    'is written on before its end where a processor reads it: %s',
    async (how) => {
      expectWhole((await spansOf(how)).ended);
    },
  );

  it.each(['full', 'simple'])('is whole where each is exported as it ends: %s', async (how) => {
    expectWhole((await spansOf(how)).exported);
  });
});
