import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { chromium } from 'playwright-core';
import { type Choice, interpolate } from './interpolate.ts';
import type { Model } from './model.ts';
import { query, type Sample, type Window } from './prometheus.ts';

const RENDER = join(import.meta.dirname, '../render');
const HTML =
  '<!doctype html><meta charset="utf-8"><title>panels</title><link rel="stylesheet" href="/uplot.css"><body style="margin:0"><div id="root"></div><script src="/page.js"></script>';

/** Grafana's ESM builds import CommonJS packages in a way only its own bundler reads; its CommonJS builds are plain. */
const COMMONJS: Plugin = {
  name: 'commonjs',
  setup(b) {
    b.onResolve({ filter: /^@grafana\// }, ({ path, kind, resolveDir, pluginData }) =>
      kind === 'import-statement' && pluginData !== 'again'
        ? b.resolve(path, { kind: 'require-call', resolveDir, pluginData: 'again' })
        : undefined,
    );
  },
};

/** The page with Grafana's own components, bundled. */
export async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(RENDER, 'page.tsx')],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    jsx: 'automatic',
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    loader: { '.svg': 'dataurl', '.png': 'dataurl', '.woff2': 'dataurl', '.css': 'empty' },
    plugins: [COMMONJS],
    logLevel: 'error',
  });
  return outputFiles[0]!.text;
}

export type Rows = Record<string, string | number>[];
export interface Drawing {
  readonly png: Buffer;
  /** What each panel says, by its title; canvas text is not in it. */
  readonly texts: Readonly<Record<string, string>>;
  readonly empty: readonly string[];
  readonly errors: readonly string[];
}

/** Everything the page needs of one dashboard: its panels and what Prometheus answers to them. */
export async function pageOf(
  model: Model,
  prometheus: string,
  choice: Choice,
  window: Window,
  tables: Record<string, Rows> = {},
) {
  const results: Record<string, Record<string, Sample[]>> = {};
  const panels = model.panels.filter((p) => p.datasource?.type === 'prometheus');
  for (const panel of panels) {
    const answers: Record<string, Sample[]> = {};
    for (const t of panel.targets)
      answers[t.refId] = await query(prometheus, interpolate(t.expr!, choice, window), window, t.instant === true);
    results[panel.id] = answers;
  }
  const [deploys] = (model['annotations'] as { list: { target: { expr: string } }[] }).list;
  const marks = await query(prometheus, interpolate(deploys!.target.expr, choice, window), window, true);
  const labels = (
    model['templating'] as { list: { name: string; label: string; type: string; hide: number }[] }
  ).list.filter((v) => v.type === 'query' && v.hide !== 2);
  return {
    title: model.title,
    panels: model.panels,
    choice: Object.fromEntries(labels.map((v) => [v.label, said(choice[v.name as keyof Choice])])),
    fromMs: window.startMs,
    toMs: window.endMs,
    stepMs: window.stepSeconds * 1000,
    results,
    tables,
    marks: marks.map((m) => ({ timeMs: Number(m.values[0]![1]), text: m.metric['service_version'] ?? '' })),
  };
}
const said = (value: string | readonly string[]): string => (value === '$__all' ? 'All' : String(value) || '(none)');

/** Draws pages in Chromium, one after the other. */
export async function draw(script: string, pages: readonly object[]): Promise<Drawing[]> {
  const server = createServer((req, res) =>
    req.url === '/uplot.css'
      ? res
          .writeHead(200, { 'content-type': 'text/css' })
          .end(readFileSync(join(RENDER, 'node_modules/uplot/dist/uPlot.min.css')))
      : req.url === '/page.js'
        ? res.writeHead(200, { 'content-type': 'text/javascript' }).end(script)
        : res.writeHead(200, { 'content-type': 'text/html' }).end(HTML),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
  const drawings: Drawing[] = [];
  try {
    for (const data of pages) {
      const page = await browser.newPage({ viewport: { width: 1616, height: 1000 }, timezoneId: 'UTC' });
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(String(error.stack ?? error)));
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.waitForFunction('typeof window.draw === "function"');
      await page.evaluate('window.page = undefined');
      await page.evaluate((d) => (globalThis as unknown as { draw(d: object): Promise<void> }).draw(d), data);
      await page.waitForSelector('[data-panel]', { state: 'attached', timeout: 20_000 }).catch(() => {
        throw new Error(`nothing was drawn: ${errors.join('\n')}`);
      });
      await page.waitForTimeout(1500);
      const boxes = page.locator('[data-panel]');
      const texts: Record<string, string> = {};
      const empty: string[] = [];
      for (const box of await boxes.all()) {
        const title = (await box.getAttribute('data-panel'))!;
        texts[title] = (await box.textContent()) ?? '';
        if ((await box.getAttribute('data-empty')) === 'true') empty.push(title);
      }
      const png = await page.locator('#root').screenshot();
      drawings.push({ png, texts, empty, errors });
      await page.close();
    }
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
  return drawings;
}
