// Draws the four dashboards over an hour of the story. usage: node test/dashboards/render/pictures.ts <folder> [Tempo's URL] [its OTLP/HTTP URL]
// The folder's own packages are needed: npm ci --prefix test/dashboards/render --ignore-scripts
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backfill, STEP_SECONDS } from '../support/backfill.ts';
import { bundle, draw, pageOf, type Rows } from '../support/draw.ts';
import { MODELS } from '../support/model.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { minutes, PICTURES } from '../support/story.ts';
import { searchTempo } from '../support/tempo.ts';

const [out = '.', tempo, otlp] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'faultlayer-pictures-'));
const endMs = Math.floor(Date.now() / 1000 / STEP_SECONDS) * STEP_SECONDS * 1000;
const window = { startMs: endMs - minutes(60), endMs, stepSeconds: STEP_SECONDS };
const { bodies } = await backfill(folder, endMs);
const headers = { 'content-type': 'application/json' };
if (otlp) for (const body of bodies) await fetch(`${otlp}/v1/traces`, { method: 'POST', headers, body });
const prometheus = await startPrometheus(folder);
try {
  const pages = [];
  for (const model of MODELS) {
    const choice = PICTURES[model.uid]!;
    const traces = tempo ? model.panels.filter((p) => p.datasource?.type === 'tempo') : [];
    const tables: Record<string, Rows> = {};
    for (const p of traces) tables[p.id] = await searchTempo(tempo!, p.targets[0]!.query!, choice, window);
    pages.push(await pageOf(model, prometheus.url, choice, window, tables));
  }
  const drawings = await draw(await bundle(), pages);
  mkdirSync(out, { recursive: true });
  for (const [i, { png, empty, errors }] of drawings.entries()) {
    writeFileSync(join(out, `${MODELS[i]!.uid}.png`), png);
    process.stdout.write(
      `${MODELS[i]!.uid}.png ${png.length} bytes; empty: ${empty.join(', ') || 'none'}\n${errors.join('\n')}`,
    );
  }
} finally {
  await prometheus.stop();
  rmSync(folder, { recursive: true, force: true });
}
