import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  contextOf,
  type DoctorOptions,
  type DoctorReport,
  type Finding,
  type StepName,
  type Subject,
} from '../../cli/doctor/base.ts';
import { textOf } from '../../cli/doctor/print.ts';
import { proxyFor } from '../../cli/doctor/proxy.ts';
import { run as doctorCommand, examine } from '../../cli/doctor.ts';
import { faultlayer } from '../support/cli.ts';
import { collectorUnderTest, TOKEN } from '../support/collector.ts';
import { failure } from '../support/failures.ts';
import { httpServer, type Listening } from '../support/servers.ts';

let server: Listening;
let answer: (req: IncomingMessage, res: ServerResponse) => void;
const methods: string[] = [];
beforeAll(async () => {
  server = await httpServer((req, res) => {
    methods.push(req.method!);
    answer(req, res);
  });
});
afterAll(() => server[Symbol.asyncDispose]());

const ok: typeof answer = (_, res) => void res.end('{}');
const status =
  (code: number, headers: Record<string, string> = {}, body = ''): typeof answer =>
  (_, res) =>
    void res.writeHead(code, headers).end(body);

const OPTIONS: DoctorOptions = {
  allowPrivate: true,
  resolvers: [],
  proxy: { says: 'no proxy variable is set', ignored: false },
  timeoutMs: 5000,
  http2: false,
  send: true,
};

async function examined(
  respond: typeof answer,
  subject: Partial<Subject> & { path?: string } = {},
  options: Partial<DoctorOptions> = {},
): Promise<DoctorReport> {
  answer = respond;
  const raw = subject.raw ?? `http://127.0.0.1:${server.port}${subject.path ?? '/v1/x'}`;
  return examine(
    contextOf({ raw, url: new URL(raw), method: 'GET', headers: [], ...subject }, { ...OPTIONS, ...options }),
  );
}

/** The one mismatch of a report, where it stopped. */
function stop(report: DoctorReport): Finding & { step: StepName } {
  expect(report.verdict).toBe('mismatch');
  const at = report.steps.findIndex((s) => s.step === report.stoppedAt);
  expect(report.steps.slice(at + 1).every((s) => s.verdict === 'not reached')).toBe(true);
  expect(report.steps.slice(0, at).every((s) => s.verdict === 'ok')).toBe(true);
  return { step: report.stoppedAt!, ...report.steps[at]!.findings.find((f) => f.verdict === 'mismatch')! };
}
const all = (report: DoctorReport): string => JSON.stringify(report);
const jwt = (claims: object, head: object = { alg: 'HS256' }): string =>
  `${[head, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.c2lnbmF0dXJl`;
const now = Math.floor(Date.now() / 1000);
const bearer = (token: string): Partial<Subject> => ({ headers: [['authorization', `Bearer ${token}`]] });
const post = (body: string, type?: string): Partial<Subject> => ({
  method: 'POST',
  body,
  headers: type === undefined ? [] : [['content-type', type]],
});

describe('endpoint', () => {
  it.each([
    [404, {}, '404 to GET /v1/x'],
    [405, { allow: 'POST' }, 'Allow: POST'],
    [410, {}, '410'],
    [421, {}, '421'],
    [501, {}, '501'],
    [301, { location: '/v2/x?token=abc' }, '/v2/x'],
  ])('%s is a mismatch there', async (code, headers, seen) => {
    expect(stop(await examined(status(code, headers)))).toMatchObject({
      step: 'endpoint',
      check: 'answer',
      seen: expect.stringContaining(seen),
    });
  });

  it.each([
    ['/v1/undefined/y', 'path'],
    ['/v1/a%2', 'encoding'],
  ])('%s is a mismatch before anything is asked', async (path, check) => {
    const before = methods.length;
    expect(stop(await examined(ok, { path }))).toMatchObject({ step: 'endpoint', check });
    expect(methods).toHaveLength(before);
  });

  it.each([
    ['/v1//y', 'empty segment'],
    ['/v1/a%2520b', 'encoded twice'],
    ['/v1/a b', 'unescaped'],
    ['/v1/a#part', 'never sent'],
  ])('%s is noted', async (path, words) => {
    const report = await examined(ok, { path });
    expect(report.verdict).toBe('ok');
    expect(all(report)).toContain(words);
  });

  it('scheme and port that contradict each other are a mismatch', async () => {
    expect(stop(await examined(ok, { raw: 'https://h.test:80/' })).check).toBe('port');
    expect(stop(await examined(ok, { raw: 'http://h.test:443/' })).check).toBe('port');
    expect(stop(await examined(ok, { method: 'get' })).check).toBe('method');
  });
});

describe('auth', () => {
  it.each([
    ['Bearer ', 'without a credential|reads'],
    ['Bearer Bearer abc', 'twice'],
    ['Bearer undefined', "'undefined'"],
    ['Bearer "abc"', 'quotes'],
    ['Bearer ${TOKEN}', 'placeholder'],
    ['Bearer ab\ncd', 'printable'],
  ])('%j is damaged', async (value, words) => {
    const found = stop(
      await examined(
        (req, res) => ok(req, res),
        { headers: [['authorization', value]], method: 'POST' },
        { send: false },
      ),
    );
    expect(found).toMatchObject({ step: 'auth', check: 'scheme', seen: expect.stringMatching(words) });
  });

  it.each([
    [{ exp: now - 7200 }, {}, 'expired 120 min ago|expired 2 h ago'],
    [{ nbf: now + 600 }, {}, 'not valid for another'],
    [{ iat: now + 600, exp: now + 900 }, {}, 'issued .* ahead'],
    [{ exp: now + 900 }, { alg: 'none' }, 'unsigned'],
  ])('a JWT with %j is told', async (claims, head, words) => {
    const found = stop(await examined(ok, bearer(jwt(claims, { alg: 'HS256', ...head }))));
    expect(found).toMatchObject({ step: 'auth', seen: expect.stringMatching(words) });
  });

  it('never prints a credential', async () => {
    const token = jwt({ exp: now + 3600, sub: 'somebody@example.com' });
    for (const subject of [bearer(token), { headers: [['x-api-key', 'sk_live_4eC39HqLyjWDarjtT1zdp7dc']] as const }]) {
      const report = await examined(status(401, { 'www-authenticate': 'Bearer error="invalid_token"' }), subject);
      expect(all(report) + textOf(report)).not.toMatch(new RegExp(`${token}|sk_live|somebody`));
      expect(stop(report)).toMatchObject({ step: 'auth', seen: expect.stringContaining('invalid_token') });
    }
  });

  it.each([
    [401, {}, 'does not accept'],
    [401, { 'www-authenticate': 'Basic realm="x"' }, 'does not accept'],
    [403, {}, 'not allowed'],
    [511, {}, 'captive portal'],
  ])('%s %j is a mismatch there', async (code, headers, means) => {
    const found = stop(await examined(status(code, headers), bearer('abc')));
    expect(found).toMatchObject({ step: 'auth', means: expect.stringContaining(means) });
    if ('www-authenticate' in headers) expect(found.next).toContain('Basic');
  });

  it('a clock that is off is told, sooner when the credentials were rejected', async () => {
    const off = (seconds: number, code: number) =>
      examined(status(code, { date: new Date(Date.now() - seconds * 1000).toUTCString() }), bearer('abc'));
    expect(stop(await off(900, 200))).toMatchObject({ check: 'clock', seen: expect.stringContaining('ahead of') });
    expect(stop(await off(-60, 401))).toMatchObject({ check: 'clock', seen: expect.stringContaining('behind') });
    const report = await off(60, 200);
    expect(report.verdict).toBe('ok');
    expect(report.steps[1]!.findings.find((f) => f.check === 'clock')).toMatchObject({ verdict: 'note' });
  });
});

describe('payload', () => {
  it.each([
    ['{"a":1,}', 'application/json', 'JSON', 'line 1, column 8'],
    ["{'a':1}", 'application/json', 'JSON', 'not valid'],
    ['{"a":', 'application/json', 'JSON', 'not valid'],
    ['{"a":1}', undefined, 'Content-Type', 'none'],
    ['{"a":1}', 'text/plain', 'Content-Type', 'is JSON'],
    ['a=1', 'application/json', 'Content-Type', 'is not JSON'],
    ['[object Object]', 'application/json', 'Content-Type|body', 'object|JSON'],
    ['\ufeff{"a":1}', 'application/json', 'encoding|Content-Type', ''],
  ])('%j as %s is a mismatch', async (body, type, check, seen) => {
    const found = stop(await examined(ok, post(body, type)));
    expect(found).toMatchObject({
      step: 'payload',
      check: expect.stringMatching(check),
      seen: expect.stringMatching(seen),
    });
  });

  it('names nulls and values that were variables', async () => {
    const report = await examined(ok, post('{"a":null,"b":[{"c":null}],"d":"undefined"}', 'application/json'));
    expect(report.verdict).toBe('ok');
    expect(report.steps[2]!.findings.find((f) => f.check === 'nulls')!.seen).toBe('a, b[0].c');
    expect(report.steps[2]!.findings.find((f) => f.check === 'values')!.seen).toBe('d');
  });

  it('compares with a schema, unknown fields included', async () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'integer' } },
      required: ['a'],
      additionalProperties: false,
    };
    expect((await examined(ok, { ...post('{"a":1}', 'application/json'), schema })).verdict).toBe('ok');
    expect(stop(await examined(ok, { ...post('{"a":"1"}', 'application/json'), schema }))).toMatchObject({
      check: 'schema',
      seen: expect.stringContaining('a:'),
    });
    expect(stop(await examined(ok, { ...post('{"a":1,"zz":2}', 'application/json'), schema })).seen).toContain('zz');
    expect(all(await examined(ok, { ...post('{"a":1}', 'application/json'), schema: { type: 'nonsense' } }))).toContain(
      'cannot be used',
    );
  });

  it.each([400, 409, 413, 415, 422])('%s is a mismatch there', async (code) => {
    const body = '{"error":{"code":"bad_field","message":"amount is missing"}}';
    const found = stop(
      await examined(status(code, { 'content-type': 'application/json' }, body), post('{}', 'application/json')),
    );
    expect(found).toMatchObject({ step: 'payload', seen: expect.stringContaining('bad_field') });
  });
});

describe('throttling', () => {
  it('a 429 is a mismatch there, with the wait', async () => {
    const found = stop(await examined(status(429, { 'retry-after': '30' })));
    expect(found).toMatchObject({ step: 'throttling', next: expect.stringContaining('wait 30 s') });
  });

  it('a quota that is nearly used up is noted', async () => {
    const report = await examined(status(200, { 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '2' }));
    expect(report.verdict).toBe('ok');
    expect(report.steps[4]!.findings[0]).toMatchObject({ verdict: 'note', seen: expect.stringContaining('2 of 100') });
  });

  it('a 503 stops at the service, and proves nothing about what was asked', async () => {
    const report = await examined(status(503, { 'x-request-id': 'req_9', server: 'gateway' }), bearer('abc'));
    expect(stop(report)).toMatchObject({ step: 'service', seen: expect.stringMatching(/503.*req_9.*server: gateway/) });
    const answers = report.steps.slice(0, 5).flatMap((s) => s.findings.filter((f) => f.check === 'answer'));
    expect(answers.map((f) => f.verdict)).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
  });
});

describe('the command', () => {
  it('sends a write only when told to', async () => {
    methods.length = 0;
    await examined(ok, post('{}', 'application/json'), { send: false });
    expect(methods).toEqual(['HEAD']);
    await examined(ok, post('{}', 'application/json'), { send: true });
    expect(methods).toEqual(['HEAD', 'POST']);
  });

  it('starts from a kept failure, refuses its private address, and takes credentials from the environment', async () => {
    await using c = await collectorUnderTest();
    await c.fail({
      'api.failure.layer': 'throttling',
      'api.provider.name': 'test',
      'api.provider.request_id': 'req_kept_1',
      'api.auth.scheme': 'bearer',
      'api.retry.after': 7,
      'http.request.method': 'POST',
      'http.response.status_code': 429,
      'url.full': `http://127.0.0.1:${server.port}/v1/x`,
    });
    const env = { FAULTLAYER_HTTP_PORT: String(c.httpPort), FAULTLAYER_HTTP_TOKEN: TOKEN, API_TOKEN: 'right-token' };
    let got: string | undefined;
    answer = (req, res) => {
      got = req.headers.authorization;
      ok(req, res);
    };
    const refused = await faultlayer(['doctor', 'req_kept_1'], env);
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('not a public address') });
    expect(got).toBeUndefined();
    const { stdout, code } = await faultlayer(['doctor', 'req_kept_1', '--allow-private', '--send'], env);
    expect([code, got]).toEqual([0, 'Bearer right-token']);
    expect(stdout).toContain('the kept failure was throttled (Retry-After 7 s)');
    expect(stdout).not.toContain('right-token');
    const recorded = await faultlayer(['doctor', 'req_kept_1', '--allow-private'], env);
    expect(recorded).toMatchObject({ code: 1, stdout: expect.stringContaining('429 (as recorded)') });
  });

  it('reads a body, a schema and headers from where they are, and says what it cannot read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'faultlayer-steps-'));
    writeFileSync(join(folder, 'body.json'), '{"a":');
    answer = ok;
    const url = `http://127.0.0.1:${server.port}/v1/x`;
    const body = [
      '--method',
      'post',
      '--body',
      join(folder, 'body.json'),
      '--header',
      'content-type: application/json',
    ];
    expect(await faultlayer(['doctor', url, ...body])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Stopped at payload'),
    });
    // In this process: ten starts of Node say no more than one.
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const wrong = [
      [],
      [url, url],
      [url, '--header', 'x'],
      [url, '--header', 'a: $NOT_SET'],
      [url, '--body', '/none'],
      [url, '--timeout', '0'],
      ['http://['],
      [url, '--bad'],
    ];
    for (const args of wrong) expect([args, await doctorCommand(args)]).toEqual([args, 2]);
    expect(said.mock.calls.map(([text]) => String(text))).toEqual(
      wrong.map(() => expect.stringMatching(/^faultlayer doctor: .+\n$/)),
    );
    said.mockRestore();
    expect(await faultlayer(['doctor', 'nope nope'], { FAULTLAYER_HTTP_PORT: '1' })).toMatchObject({ code: 2 });
    rmSync(folder, { recursive: true, force: true });
  });

  it('keeps what a provider says from steering the terminal', async () => {
    const body = JSON.stringify({ error: { code: 'x', message: '\u001b[2J\u001b]0;owned\u0007' } });
    const report = await examined(
      status(400, { 'content-type': 'application/json' }, body),
      post('{}', 'application/json'),
    );
    process.env['NO_COLOR'] = '1';
    expect(textOf(report)).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});

describe('proxy variables', () => {
  const url = new URL('https://api.test/');
  it.each([
    [{}, undefined, false],
    [{ HTTPS_PROXY: 'http://p:1' }, undefined, true],
    [{ https_proxy: 'p:1', NODE_USE_ENV_PROXY: '1' }, 'p:1', false],
    [{ HTTPS_PROXY: 'http://p:1', NODE_USE_ENV_PROXY: '1', NO_PROXY: '.test' }, undefined, false],
    [{ HTTPS_PROXY: 'http://p:1', NODE_USE_ENV_PROXY: '1', NO_PROXY: 'api.test:444' }, 'p:1', false],
    [{ HTTP_PROXY: 'http://p:1', NODE_USE_ENV_PROXY: '1' }, undefined, false],
  ])('%j', (env, use, ignored) => {
    const choice = proxyFor(url, env, undefined);
    expect([choice.use?.host, choice.ignored]).toEqual([use, ignored]);
  });
});

it('a kept body that lacks values is not taken for what was sent', async () => {
  const body = '{"password":"[secret]"}';
  const headers = [['content-type', 'application/json']] as const;
  const kept = await examined(ok, { method: 'POST', headers, body, record: failure({ requestBody: body }) });
  expect(kept.steps[2]!.findings).toContainEqual(
    expect.objectContaining({ check: 'body', verdict: 'note', means: 'they are not what was sent' }),
  );
  const given = await examined(ok, { method: 'POST', headers, body: '{}', record: failure({ requestBody: body }) });
  expect(given.steps[2]!.findings.filter((f) => f.verdict === 'note')).toEqual([]);
});
