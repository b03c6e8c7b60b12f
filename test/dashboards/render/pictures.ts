// Draws the four dashboards over an hour of the story. usage: node test/dashboards/render/pictures.ts <folder>
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backfill, STEP_SECONDS } from '../support/backfill.ts';
import { bundle, draw, pageOf } from '../support/draw.ts';
import { MODELS } from '../support/model.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { minutes, PICTURES } from '../support/story.ts';

const out = process.argv[2]!;
const folder = mkdtempSync(join(tmpdir(), 'faultlayer-pictures-'));
const endMs = Math.floor(Date.now() / 1000 / STEP_SECONDS) * STEP_SECONDS * 1000;
const window = { startMs: endMs - minutes(60), endMs, stepSeconds: STEP_SECONDS };
await backfill(folder, endMs);
const prometheus = await startPrometheus(folder);
try {
  const pages = [];
  for (const model of MODELS) pages.push(await pageOf(model, prometheus.url, PICTURES[model.uid]!, window));
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
