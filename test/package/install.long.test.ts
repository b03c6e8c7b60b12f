import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../../src/version.ts';
import { nodeLines } from '../support/node-lines.ts';
import { otlpSink } from '../support/otlp-sink.ts';
import { root, runNode } from '../support/run-node.ts';

describe('the packed tarball in an empty project', () => {
  const project = mkdtempSync(join(tmpdir(), 'faultlayer-install-'));
  let provider: Server;
  let url: string;

  beforeAll(async () => {
    const npm = (cwd: string, ...args: string[]): string =>
      execFileSync('npm', [...args, '--loglevel=error'], { cwd, encoding: 'utf8' });
    const tarball = npm(root, 'pack', '--ignore-scripts', '--pack-destination', project).trim().split('\n').at(-1)!;
    writeFileSync(join(project, 'package.json'), '{"private":true,"version":"1.0.0"}');
    npm(project, 'install', '--no-audit', '--no-fund', `./${tarball}`);
    writeFileSync(
      join(project, 'app.mjs'),
      'const r = await fetch(process.env.URL);\nconsole.log(r.status, await r.text());\n',
    );
    provider = createServer((_req, res) => {
      res.writeHead(401, { 'content-type': 'application/json', 'x-request-id': 'req_pack' });
      res.end('{"error":{"code":"invalid_api_key","message":"no"}}');
    });
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1/things/42`;
  }, 300_000);
  afterAll(() => {
    provider?.close();
    rmSync(project, { recursive: true, force: true });
  });

  it('has a bill of materials with everything that came', () => {
    const workflow = readFileSync(join(root, '.github/workflows/release.yml'), 'utf8');
    const [, ...args] = /npm sbom [^>\n]*/.exec(workflow)![0].trim().split(' ');
    const text = execFileSync('npm', args, { cwd: project, encoding: 'utf8' });
    const { components } = JSON.parse(text) as { components: { purl: string }[] };
    const named = components.map(({ purl }) => decodeURIComponent(purl).replace(/^pkg:npm\/(.*)@.*$/, '$1'));
    const { packages } = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { name?: string }>;
    };
    const came = Object.entries(packages).flatMap(([at, { name = at.slice('node_modules/'.length) }]) =>
      at === '' ? [] : [name],
    );
    expect(came).toContain('yaml');
    expect(came.filter((name) => !named.includes(name))).toEqual([]);
  });

  it('is small: at most 15 packages and 15 MB', () => {
    const { packages } = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as { packages: object };
    const came = Object.keys(packages).filter((at) => at !== '');
    expect(came.length).toBeLessThanOrEqual(15);
    expect(came).toContain('node_modules/faultlayer');
    const kib = execFileSync('du', ['-sk', join(project, 'node_modules')], { encoding: 'utf8' }).split('\t')[0];
    expect(Number(kib)).toBeLessThanOrEqual(15 * 1024);
    expect(Number(kib)).toBeGreaterThan(100);
  });

  it.each(nodeLines())('instruments a service on $name', async ({ node }) => {
    const sink = await otlpSink();
    try {
      const ran = await runNode(['--require', 'faultlayer/register', 'app.mjs'], {
        cwd: project,
        node,
        env: { URL: url, OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
      });
      expect(ran).toMatchObject({
        code: 0,
        stderr: '',
        stdout: '401 {"error":{"code":"invalid_api_key","message":"no"}}\n',
      });
      const [span, ...more] = await sink.waitForSpans(1);
      expect(more).toEqual([]);
      expect(span!.attributes).toMatchObject({
        'api.failure.layer': 'auth',
        'api.provider.code': 'invalid_api_key',
        'api.provider.request_id': 'req_pack',
        'api.request.sent': 'yes',
      });
    } finally {
      await sink.close();
    }
  });

  it('brings its command line', async () => {
    const ran = await runNode(['node_modules/.bin/faultlayer', '--version'], { cwd: project });
    expect(ran).toMatchObject({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
  });
});
