import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from '../../examples/pipeline/receiver.ts';
import { STORY } from '../../examples/pipeline/story.ts';
import { freePorts } from '../support/free-port.ts';

/** Drives `npm start`'s own entry point: real provider, services, collector, Prometheus, Alertmanager; nothing is replaced. */
const root = join(import.meta.dirname, '../..');
const main = join(root, 'dist/examples/pipeline/main.js');
const PORTS = ['PROVIDER', 'CONTROL', 'OTLP', 'COLLECTOR', 'PROMETHEUS', 'ALERTMANAGER', 'RECEIVER'];

interface Pipeline {
  child: ChildProcess;
  out: () => string;
  url: (row: string) => string;
  ended: Promise<number | NodeJS.Signals | null>;
}

/** Not with ports of 0: those are of the system's range, where a connection of another test may take one before it is listened on. */
async function start(folder: string, env: Record<string, string> = {}): Promise<Pipeline> {
  const ports = await freePorts(PORTS.length);
  const free = Object.fromEntries(PORTS.map((name, at) => [`PIPELINE_${name}_PORT`, String(ports[at])]));
  const child = spawn(process.execPath, [main], {
    cwd: root,
    env: { ...process.env, ...free, PIPELINE_FOLDER: folder, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once('close', (code, signal) => resolve(signal ?? code)),
  );
  const url = (row: string) => {
    const found = new RegExp(`^ +${row} +(http://[^/\\s]+)`, 'm').exec(out)?.[1];
    if (found === undefined) throw new Error(`no row ${row} in:\n${out}`);
    return found;
  };
  return { child, out: () => out, url, ended };
}

async function until<T>(what: string, seconds: number, ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const end = Date.now() + seconds * 1_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await sleep(250);
  }
}

const running = (folder: string): string[] =>
  execFileSync('ps', ['-eo', 'pid,args', 'eww'], { encoding: 'utf8', maxBuffer: 1 << 26 })
    .split('\n')
    .filter((line) => line.includes(folder) && !line.includes(' ps -eo'));

const refused = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => false,
    () => true,
  );

describe('npm start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pipeline-'));
  let pipeline: Pipeline;
  let pages: Page[] = [];
  const expected = STORY.flatMap((step) => (step.expect ? [{ title: step.title, ...step.expect }] : []));
  const find = (want: (typeof expected)[number]): Page | undefined =>
    pages.find(({ alert }) => {
      const l = alert.labels;
      return (
        l['severity'] === 'page' &&
        l['api_provider_name'] === want.provider &&
        (want.service === '' ||
          (l['service_name'] === want.service &&
            l['api_failure_layer'] === want.layer &&
            (l['api_provider_code'] ?? '') === want.code))
      );
    });

  beforeAll(async () => {
    pipeline = await start(folder);
    await until('the story', 90, () => (pipeline.out().includes('a healthy minute') ? true : undefined));
    await until(`six pages, there are ${pages.length}`, 240, async () => {
      pages = (await (await fetch(`${pipeline.url('pages')}/pages`)).json()) as Page[];
      return expected.every((want) => find(want)) ? true : undefined;
    }).catch(() => {}); // which one is missing is said by its own test
  }, 360_000);

  afterAll(async () => {
    pipeline.child.kill('SIGINT');
    await pipeline.ended;
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(expected)('pages for: $title', async (want) => {
    const page = find(want);
    expect(page, `no page; what arrived: ${pages.map((p) => JSON.stringify(p.alert.labels)).join('\n')}`).toBeDefined();
    const { summary, description, request_ids: ids = '' } = page!.alert.annotations;
    expect(pipeline.out()).toContain(summary);
    expect(`${summary} ${description}`).toContain(want.provider);
    if (want.code) expect(summary).toContain(want.code);
    expect(page!.alert.annotations['where'], 'method, path and host').toMatch(/ at |\./);
    expect(page!.alert.annotations['since']).toMatch(/^\d\d:\d\d UTC, \d+ s before this page$/);
    const answered = !['dns', 'tls'].includes(want.layer);
    const list = ids.split(/\s+/).filter(Boolean);
    if (want.service !== '') expect(list.length > 0, `request IDs: '${ids}'`).toBe(answered);
    const token = /#token=(\S+)/.exec(pipeline.out())![1]!;
    for (const link of [page!.alert.annotations['evidence_url'], page!.alert.annotations['trace_url']]) {
      const shown = await fetch(link!, { headers: { authorization: `Bearer ${token}` } });
      expect(shown.status, link).toBe(200);
      const text = await shown.text();
      // the choices of the filter name every provider: a row is what was found
      expect(text, link).toContain('<a class="row"');
      expect(text).toContain(want.provider);
    }
    for (const id of list) {
      const kept = await fetch(`${pipeline.url('collector')}/api/failures/${encodeURIComponent(id)}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(await kept.json(), `the page names ${id}`).toMatchObject({ failure: { requestId: id }, instead: false });
    }
    for (const id of list) {
      const sent = await fetch(`${pipeline.url('provider')}/requests/${encodeURIComponent(id)}`);
      expect(sent.status, `the provider never sent ${id}`).toBe(200);
      expect(await sent.json()).toMatchObject({ id, api: want.provider });
    }
  });

  it('runs one service with an OpenTelemetry SDK, whose spans are adopted', async () => {
    expect(running(folder).filter((line) => line.includes('FAULTLAYER_SPANS=sdk'))).not.toEqual([]);
    const logs = readdirSync(join(folder, 'logs')).filter((name) => name.startsWith('assistant'));
    expect(logs).not.toEqual([]);
    for (const name of logs) expect(readFileSync(join(folder, 'logs', name), 'utf8')).not.toContain('needs packages');
    const text = await (await fetch(`${pipeline.url('collector')}/metrics`)).text();
    expect(text).toMatch(/^api_client_calls_total\{service_name="assistant",api_provider_name="openai",/m);
  });

  it('pages nobody in the healthy minute', () => {
    const begun = STORY[0]!.at;
    const clock = /^(\d\d):(\d\d) {2}● PAGE/gm;
    const times = [...pipeline.out().matchAll(clock)].map((m) => Number(m[1]) * 60 + Number(m[2]));
    expect(times.length).toBeGreaterThanOrEqual(5);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(begun);
  });

  it('brings a command line that goes on from a page: evidence, doctor, the call again', () => {
    const page = find(expected.find(({ title }) => title === 'deploy')!)!;
    const id = page.alert.annotations['request_ids']!.split(/\s+/)[0]!;
    const faultlayer = (...args: string[]) => spawnSync(join(folder, 'faultlayer'), args, { encoding: 'utf8' });
    expect(faultlayer('failures', id).stdout).toContain('invalid_api_key');
    const doctor = faultlayer('doctor', id, '--allow-private', '--json');
    expect(JSON.parse(doctor.stdout)).toMatchObject({ stoppedAt: 'auth' });
    // The very URL, found and trusted as the service does: the provider answers, whatever it says.
    const again = faultlayer('replay', id, '--run', '--confirm', '--allow-private', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ runs: [{ address: '127.0.0.1', status: 401 }] });
  });

  it('serves metrics that promtool has nothing to say about', async () => {
    const text = await (await fetch(`${pipeline.url('collector')}/metrics`)).text();
    expect(text).toContain('api_client_calls_total{');
    const lint = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    expect(lint.stderr + lint.stdout).toBe('');
    expect(lint.status).toBe(0);
  });

  it('leaves nothing running after Ctrl-C', async () => {
    const urls = ['provider', 'collector', 'prometheus', 'alertmanager', 'pages'].map(pipeline.url);
    expect(running(folder).length).toBeGreaterThanOrEqual(6);
    pipeline.child.kill('SIGINT');
    expect(await pipeline.ended).toBe(0);
    expect(running(folder)).toEqual([]);
    for (const url of urls) expect(await refused(url)).toBe(true);
  });
});

describe('npm start, again and in trouble', () => {
  it('runs a second time in the same folder, and is cleaned up after when it is killed outright', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pipeline-'));
    try {
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        const pipeline = await start(folder);
        await until('a healthy minute', 90, () => {
          if (pipeline.child.exitCode !== null) throw new Error(pipeline.out());
          return pipeline.out().includes('a healthy minute') ? true : undefined;
        });
        pipeline.child.kill(signal);
        await pipeline.ended;
        await until('nothing running', 30, () => (running(folder).length === 0 ? true : undefined));
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 240_000);

  it('names a taken port in one line', async () => {
    const squatter: Server = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const { port } = squatter.address() as { port: number };
    const folder = mkdtempSync(join(tmpdir(), 'pipeline-'));
    try {
      const pipeline = await start(folder, { PIPELINE_PROMETHEUS_PORT: String(port) });
      expect(await pipeline.ended).toBe(1);
      expect(pipeline.out()).toBe(
        `pipeline: port ${port} (Prometheus) is taken; PIPELINE_PROMETHEUS_PORT=0 takes a free one\n`,
      );
    } finally {
      squatter.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
