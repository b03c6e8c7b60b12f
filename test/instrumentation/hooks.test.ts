import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { otlpSink } from '../support/otlp-sink.ts';
import { root, runNode } from '../support/run-node.ts';

const HOOKS = `{
  ignore: (call) => call.path === '/health',
  providers: [{ name: 'billing', hosts: ['127.0.0.1'], code: ['err'] }],
  classify: (answer) => answer.status === 418 ? { code: 'E_QUOTA', message: 'key sk_live_4eC39HqLyjWDarjtT1zdp7dc is out', layer: 'throttling' } : undefined,
  enrich: (call) => ({ 'app.tenant': call.header('x-tenant') ?? 'none', 'api.failure.layer': 'mine' }),
  onFailure: (span) => console.log('failed', span.attributes['api.provider.code']),
}`;
const register = join(root, 'dist/instrumentation/register.cjs');

describe('faultlayer.config', () => {
  const folder = mkdtempSync(join(tmpdir(), 'faultlayer-hooks-'));
  let provider: Server;
  let url: string;

  async function spansOf(program: string, env: Record<string, string> = {}) {
    writeFileSync(join(folder, 'app.mjs'), program);
    const sink = await otlpSink();
    try {
      const ran = await runNode(['--require', register, 'app.mjs'], {
        cwd: folder,
        env: { URL: url, OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...env },
      });
      return { ran, spans: await sink.waitForSpans(1) };
    } finally {
      await sink.close();
    }
  }
  beforeAll(async () => {
    writeFileSync(join(folder, 'package.json'), '{"name":"shop"}');
    provider = createServer((req, res) => {
      res.statusCode = req.url === '/teapot' ? 418 : 400;
      res.setHeader('content-type', 'application/json').end('{"err":"E_FIELD"}');
    });
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    provider.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['faultlayer.config.cjs', `module.exports = ${HOOKS}`],
    ['faultlayer.config.mjs', `export default ${HOOKS}`],
  ])('is found beside package.json as %s', async (name, text) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    try {
      const { ran, spans } = await spansOf(
        `for (const path of ['/health', '/teapot', '/field'])
          await fetch(process.env.URL + path, { headers: { 'x-tenant': 'acme' } }).then((r) => r.text());`,
      );
      expect(ran.stderr).toBe('');
      expect(ran.stdout).toBe('failed E_QUOTA\nfailed E_FIELD\n');
      expect(spans.map((s) => s.attributes['url.template'])).toEqual(['/teapot', '/field']);
      expect(spans[0]!.attributes).toMatchObject({
        'api.provider.name': 'billing',
        'api.provider.code': 'E_QUOTA',
        'api.failure.layer': 'throttling',
        'app.tenant': 'acme',
      });
      expect(JSON.stringify(spans.map((s) => s.attributes))).not.toContain('sk_live_4eC39HqLyjWDarjtT1zdp7dc');
      expect(spans[1]!.attributes).toMatchObject({ 'api.provider.code': 'E_FIELD', 'api.failure.layer': 'payload' });
    } finally {
      rmSync(file);
    }
  });

  it('fails open: a file that throws is told once, a hook that throws harms no call', async () => {
    writeFileSync(join(folder, 'broken.cjs'), 'throw new Error("no such module")');
    const broken = await spansOf('await fetch(process.env.URL + "/a").then((r) => r.text());', {
      FAULTLAYER_CONFIG: 'broken.cjs',
    });
    expect(broken.ran.stderr).toMatch(/^faultlayer: .*broken\.cjs cannot be used: no such module\n$/);
    expect(broken.spans).toHaveLength(1);
    writeFileSync(
      join(folder, 'throws.cjs'),
      'const no = () => { throw new Error("hook"); }; module.exports = { ignore: no, classify: no, enrich: no, onFailure: no }',
    );
    const throws = await spansOf('await fetch(process.env.URL + "/a").then((r) => r.text());', {
      FAULTLAYER_CONFIG: 'throws.cjs',
    });
    expect(throws.ran.code).toBe(0);
    expect(throws.ran.stderr).toContain('a fault of ours in hook ignore');
    expect(throws.spans[0]!.attributes['api.failure.layer']).toBe('payload');
  });

  it('start() in a preloaded process joins the running engine', async () => {
    const { ran, spans } = await spansOf(
      `import { getEngine, start } from '${join(root, 'dist/instrumentation/index.js')}';
      const engine = start({ enrich: () => ({ 'app.job': 'nightly' }), onSpan: (span) => console.log(span.name) });
      await fetch(process.env.URL + '/a').then((r) => r.text());
      await engine.flush();
      console.log(engine === getEngine());`,
    );
    expect(ran.stdout).toBe('GET /a\ntrue\n');
    expect(spans).toHaveLength(1);
    expect(spans[0]!.attributes['app.job']).toBe('nightly');
  });
});
