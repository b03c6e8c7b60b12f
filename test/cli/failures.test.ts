import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultlayer } from '../support/cli.ts';
import { type CollectorUnderTest, collectorUnderTest, TOKEN } from '../support/collector.ts';
import { INCIDENTS } from '../support/incidents.ts';

let c: CollectorUnderTest;
beforeAll(async () => {
  c = await collectorUnderTest();
  await c.fail(...INCIDENTS, { ...INCIDENTS[0]!, 'api.provider.code': '\u001b]0;owned\u0007\u001b[31m' });
});
afterAll(() => c[Symbol.asyncDispose]());
const failures = (...args: string[]) =>
  faultlayer(['failures', ...args], { FAULTLAYER_HTTP_PORT: String(c.httpPort), FAULTLAYER_HTTP_TOKEN: TOKEN });

describe('faultlayer failures', () => {
  it('lists kinds, the newest first, with nothing that steers a terminal', async () => {
    const { code, stdout } = await failures();
    expect(code).toBe(1);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(6);
    expect(lines[0]).toMatch(/^layer +provider +code/);
    expect(lines[1]).toMatch(/^auth +stripe +api_key_expired +POST \/v1\/payment_intents +checkout +3×/);
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it('filters, and answers as JSON', async () => {
    const { stdout } = await failures('--layer', 'throttling', '--since', '1h', '--json');
    const records = JSON.parse(stdout) as { code: string; requestId: string }[];
    expect(records.map((r) => r.code)).toEqual(Array(4).fill('rate_limit_exceeded'));
    expect(await failures('--provider', 'nobody')).toMatchObject({ code: 0, stdout: '' });
    expect(await failures('--since', 'now')).toMatchObject({ code: 2, stderr: expect.stringContaining('--since') });
    expect(await failures('--nope')).toMatchObject({ code: 2 });
    expect(await failures('--layer', 'banana')).toMatchObject({ code: 2, stderr: expect.stringContaining('layer') });
    expect(await failures('--markdown')).toMatchObject({ code: 2, stderr: expect.stringContaining('<id> --markdown') });
    const limited = await failures('--limit', '2');
    expect(limited.stdout.trimEnd().split('\n')).toHaveLength(3);
    expect(limited.stderr).toBe('faultlayer: 3 more kinds\n');
  });

  it('shows one by its request ID: checklist, curl, escalation, TraceQL', async () => {
    const { stdout } = await failures('req_Zs1qXb2T7mKc2');
    expect(stdout).toMatch(/✗ auth +status 401, code api_key_expired/);
    expect(stdout).toContain('curl --globoff');
    expect((await failures('req_Zs1qXb2T7mKc2', '--markdown')).stdout).toContain('| time (UTC) | request ID |');
    expect((await failures('req_Zs1qXb2T7mKc2', '--curl')).stdout).toMatch(/^curl /);
    const windows = await failures('req_Zs1qXb2T7mKc2', '--curl', '--shell', 'powershell');
    expect(windows.stdout).toMatch(/^\$body = New-TemporaryFile.*\ncurl\.exe /);
    expect(await failures('req_Zs1qXb2T7mKc2', '--shell', 'fish')).toMatchObject({ code: 2, stdout: '' });
    expect((await failures('req_Zs1qXb2T7mKc2', '--traceql')).stdout).toMatch(/^\{ resource\.service\.name/);
    expect(await failures('unknown_id')).toMatchObject({ code: 2, stderr: expect.stringContaining('unknown_id') });
  });
});
