import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { run } from '../../cli/dashboards.ts';
import { DASHBOARDS } from '../../src/contract/index.ts';
import { startGrafana } from '../dashboards/support/grafana.ts';

const UIDS = Object.values(DASHBOARDS)
  .map((d) => d.uid)
  .sort();
let folder: string;
let out: string;
let err: string;
const closers: (() => Promise<void>)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultlayer-cli-'));
  out = err = '';
  const keep = (add: (text: string) => void) => (text: unknown) => {
    add(String(text));
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(
    keep((text) => {
      out += text;
    }),
  );
  vi.spyOn(process.stderr, 'write').mockImplementation(
    keep((text) => {
      err += text;
    }),
  );
});
afterEach(async () => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
  for (const close of closers.splice(0)) await close();
});

const grafana = async (options: Partial<Parameters<typeof startGrafana>[0]> = {}) => {
  const started = await startGrafana({ token: 'glsa_secret', ...options });
  closers.push(started.close);
  return started;
};
const token = (text = 'glsa_secret\n'): string => {
  const file = join(folder, 'token');
  writeFileSync(file, text);
  return file;
};
const pushed = async (url: string, ...more: string[]): Promise<string[]> => {
  out = '';
  expect(await run(['--push', url, '--token-file', token(), '--json', ...more]), err).toBe(0);
  return (JSON.parse(out) as { outcome: string }[]).map((r) => r.outcome);
};
const ALL = (outcome: string) => UIDS.map(() => outcome);

it.each([
  ['an older Grafana', {}],
  ['one that migrates what it stores', { migrates: true, wrapsVersions: true }],
  ['one under a sub-path', { path: '/grafana' }],
])('pushes once to %s and changes nothing the second time', async (_name, options) => {
  const g = await grafana(options);
  expect(await pushed(g.url)).toEqual(ALL('created'));
  expect([...g.dashboards.keys()].sort()).toEqual(UIDS);
  expect([...g.folders]).toEqual([['faultlayer', 'Faultlayer']]);
  g.requests.length = 0;
  expect(await pushed(g.url)).toEqual(ALL('unchanged'));
  expect(g.requests.filter((r) => r.startsWith('POST'))).toEqual([]);
});

it('mends what was edited or moved, and only that', async () => {
  const g = await grafana();
  await pushed(g.url);
  const [edited, moved] = UIDS as [string, string];
  g.dashboards.get(edited)!.dashboard['title'] = 'mine now';
  g.dashboards.get(edited)!.messages.push('edited by hand');
  g.dashboards.get(moved)!.folderUid = 'elsewhere';
  expect(await pushed(g.url)).toEqual(['updated', 'updated', 'unchanged', 'unchanged']);
  expect(g.dashboards.get(edited)!.dashboard['title']).not.toBe('mine now');
  expect(g.dashboards.get(moved)!.folderUid).toBe('faultlayer');
});

it('keeps uids and panels with another data source, without a duplicate', async () => {
  const g = await grafana();
  await pushed(g.url);
  const before = structuredClone(g.dashboards.get('faultlayer-failure')!.dashboard);
  expect(await pushed(g.url, '--datasource', 'mimir-7', '--traces', 'tempo-2')).toEqual(ALL('updated'));
  expect(await pushed(g.url, '--datasource', 'mimir-7', '--traces', 'tempo-2')).toEqual(ALL('unchanged'));
  const after = g.dashboards.get('faultlayer-failure')!.dashboard;
  expect(g.dashboards.size).toBe(UIDS.length);
  expect(after['panels']).toEqual(before['panels']);
  const current = (after['templating'] as { list: { name: string; current: { value: string } }[] }).list.slice(0, 2);
  expect(current.map((v) => [v.name, v.current.value])).toEqual([
    ['datasource', 'mimir-7'],
    ['tempo_datasource', 'tempo-2'],
  ]);
});

it('writes where the pages are, and refuses what is no address', async () => {
  expect(await run(['--out', folder, '--pages', 'https://faultlayer.example.org/'])).toBe(0);
  const model = JSON.parse(readFileSync(join(folder, 'faultlayer-failure.json'), 'utf8')) as {
    templating: { list: { name: string; query: string; current: { value: string } }[] };
  };
  const address = 'https://faultlayer.example.org';
  expect(model.templating.list.find((v) => v.name === 'pages')).toMatchObject({
    query: address,
    current: { value: address },
  });
  expect(await run(['--out', folder, '--pages', 'javascript:alert(1)'])).toBe(2);
  expect(err).toContain("--pages needs an http or https URL, not 'javascript:alert(1)'");
});

it('says in one line what Grafana refuses, and never the token', async () => {
  const g = await grafana({ token: 'another' });
  expect(await run(['--push', g.url, '--token-file', token()])).toBe(1);
  expect(err).toMatch(/^faultlayer dashboards: GET \/api\/folders\/faultlayer: 401 Invalid API key; the token needs/);
  expect(err + out).not.toContain('glsa_secret');
  expect(err.trim().split('\n')).toHaveLength(1);
  err = '';
  expect(await run(['--push', 'http://127.0.0.1:1', '--token-file', token()])).toBe(1);
  expect(err).toMatch(/^faultlayer dashboards: GET \/api\/folders\/faultlayer: .+\n$/);
});

it('sends the token nowhere else', async () => {
  const elsewhere = await grafana();
  const { createServer } = await import('node:http');
  const redirecting = createServer((_req, res) =>
    res.writeHead(302, { location: `${elsewhere.url}/api/folders/faultlayer` }).end(),
  );
  await new Promise<void>((resolve) => redirecting.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => redirecting.close(() => resolve())));
  const { port } = redirecting.address() as { port: number };
  expect(await run(['--push', `http://127.0.0.1:${port}`, '--token-file', token()])).toBe(1);
  expect(elsewhere.requests).toEqual([]);
});

it.each([
  [['--push', 'grafana.example', '--token-file', 'x'], /needs the http or https URL/],
  [['--push', 'http://localhost:3000'], /needs --token-file/],
  [['--push', 'http://localhost:3000', '--token-file', '/no/such/file'], /no file/],
  [['--push', 'http://me:pw@localhost:3000', '--token-file', 'x'], /no credentials in the URL/],
  [['--push', 'http://localhost:3000', '--out', 'x'], /not both/],
  [['--kubernetes'], /needs --out/],
  [['--pusch', 'x'], /--pusch/],
])('answers %j with exit code 2', async (args, words) => {
  expect(await run(args)).toBe(2);
  expect(err).toMatch(words);
  expect(err).not.toContain('pw@');
});

it('writes files once', async () => {
  const target = join(folder, 'out');
  expect(await run(['--out', target])).toBe(0);
  expect(readdirSync(target).sort()).toEqual(UIDS.map((uid) => `${uid}.json`));
  const file = join(target, `${UIDS[0]}.json`);
  utimesSync(file, 1000, 1000);
  expect(await run(['--out', target])).toBe(0);
  expect(statSync(file).mtimeMs, 'a file that is right is not written again').toBe(1000_000);
  expect(readFileSync(file, 'utf8')).toBe(
    readFileSync(join(import.meta.dirname, '../../dashboards/generated', `${UIDS[0]}.json`), 'utf8'),
  );
});

it('writes ConfigMaps that the sidecar takes', async () => {
  const target = join(folder, 'k8s');
  expect(await run(['--out', target, '--kubernetes'])).toBe(0);
  for (const uid of UIDS) {
    const text = readFileSync(join(target, `${uid}.yaml`), 'utf8');
    expect(Buffer.byteLength(text), 'a ConfigMap holds 1 MiB at most').toBeLessThan(1024 * 1024);
    const map = parse(text) as {
      kind: string;
      metadata: { name: string; labels: object };
      data: Record<string, string>;
    };
    expect(map.kind).toBe('ConfigMap');
    expect(map.metadata.labels).toEqual({ grafana_dashboard: '1' });
    expect((JSON.parse(map.data[`${uid}.json`]!) as { uid: string }).uid).toBe(uid);
  }
});
