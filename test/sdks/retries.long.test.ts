import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type OtlpSink, otlpSink } from '../support/otlp-sink.ts';
import { preloaded } from '../support/preload.ts';
import { runNode } from '../support/run-node.ts';
import { httpServer } from '../support/servers.ts';

const here = import.meta.dirname;
/** How the third attempt is judged: it follows a 500 whose request had left. */
const LAST_KIND: Readonly<Record<string, 'safe' | 'unsafe' | 'paid'>> = {
  'openai-GET': 'safe',
  // inference: a repeat changes nothing but costs twice
  'openai-POST': 'paid',
  'anthropic-POST': 'paid',
  'stripe-GET': 'safe',
  // the same Idempotency-Key each time
  'stripe-POST': 'safe',
  's3-GET': 'safe',
  's3-PUT': 'safe',
  // reads and writes alike are POST there
  'dynamodb-POST': 'unsafe',
  'octokit-GET': 'safe',
  'azure-HEAD': 'safe',
  'googleapis-GET': 'safe',
  'got-GET': 'safe',
  'ky-GET': 'safe',
};

/** Azure's client repeats no 429. */
const firstStatus = (name: string): number => (name.startsWith('azure') ? 503 : 429);

/** Throttled, then 500, then success. */
function refuseTwice(attempt: number, name: string, response: ServerResponse): void {
  const xml = /^(?:s3|azure)/.test(name);
  response.setHeader('content-type', xml ? 'application/xml' : 'application/json');
  const error = xml ? '<Error><Code>Broken</Code></Error>' : '{"error":{"code":"broken","message":"no"}}';
  if (attempt === 1)
    response
      .writeHead(firstStatus(name), { 'retry-after': '0', 'retry-after-ms': '1', 'stripe-should-retry': 'true' })
      .end(error);
  else if (attempt === 2) response.writeHead(500).end(error);
  else response.end(xml ? '<a/>' : '{}');
}

async function run(preload: boolean, sink: OtlpSink): Promise<string[]> {
  const tries = new Map<string, number>();
  await using provider = await httpServer((request, response) => {
    request.resume().on('end', () => {
      const name = /[/=](\w+-[A-Z]+)\b/.exec(decodeURIComponent(request.url ?? ''))?.[1] ?? 'nobody';
      tries.set(name, (tries.get(name) ?? 0) + 1);
      refuseTwice(tries.get(name)!, name, response);
    });
  });
  const program = [join(here, 'retries.mjs'), `http://127.0.0.1:${provider.port}`];
  const ran = await runNode(preload ? preloaded(...program) : program, {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, NODE_NO_WARNINGS: '1', AWS_EC2_METADATA_DISABLED: 'true' },
    deadlineMs: 120_000,
  });
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(Object.fromEntries(tries)).toEqual(Object.fromEntries(Object.keys(LAST_KIND).map((name) => [name, 3])));
  return ran.stdout.trim().split('\n').toSorted();
}

it('numbers, links and judges the attempts of real SDKs, which notice nothing', async () => {
  if (!existsSync(join(here, 'node_modules/@octokit/plugin-retry')))
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: here, stdio: 'ignore' });
  const sink = await otlpSink();
  const plain = await run(false, sink);
  expect(plain.map((line) => line.split(': ')[1])).toEqual(plain.map(() => 'passed'));
  expect(await run(true, sink)).toEqual(plain);

  const ours = sink.spans
    .filter((span) => span.scope.name === 'faultlayer')
    .toSorted((a, b) => Number(a.startNanos - b.startNanos));
  const table = Object.keys(LAST_KIND).map((name) => {
    const attempts = ours.filter((s) => decodeURIComponent(String(s.attributes['url.full'])).includes(name));
    const ids = new Map(attempts.map((span, i) => [span.spanId, i]));
    return [
      name,
      attempts.map(({ attributes: a, links }) => [
        a['http.response.status_code'],
        a['http.request.resend_count'],
        a['api.retry.kind'],
        a['api.retry.advice'],
        links.map((link) => ids.get(link.spanId)),
      ]),
    ] as const;
  });
  console.log(table.map(([name, attempts]) => `${name.padEnd(16)} ${JSON.stringify(attempts)}`).join('\n'));
  for (const [name, attempts] of table) {
    const afterwards = LAST_KIND[name] === 'unsafe' ? 'needs_idempotency_key' : 'retry';
    expect([name, attempts]).toEqual([
      name,
      [
        [firstStatus(name), undefined, undefined, 'retry_after', []],
        [500, 1, 'safe', afterwards, [0]],
        [200, 2, LAST_KIND[name], undefined, [1]],
      ],
    ]);
  }
  await sink.close();
});
