import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAILING_TRACES } from '../../dashboards/lib/traces.ts';
import { backfill, STEP_SECONDS } from './support/backfill.ts';
import { bundle, type Drawing, draw, pageOf } from './support/draw.ts';
import { interpolate } from './support/interpolate.ts';
import { MODELS } from './support/model.ts';
import { startPrometheus } from './support/prometheus.ts';
import { schemaErrors } from './support/schema.ts';
import { DEPLOY_MINUTES_AGO, minutes, PICTURES, SCENES } from './support/story.ts';

const RENDER = join(import.meta.dirname, 'render');

/** Grafana's packages are heavy and needed only here: they have a lock file of their own. */
function install(): void {
  const lock = createHash('sha256')
    .update(readFileSync(join(RENDER, 'package-lock.json')))
    .digest('hex');
  const stamp = join(RENDER, 'node_modules/.lock-hash');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: RENDER });
  writeFileSync(stamp, lock);
}

let folder: string;
const drawings = new Map<string, Drawing>();
let deployedMs: number;

beforeAll(async () => {
  install();
  folder = mkdtempSync(join(tmpdir(), 'faultlayer-render-'));
  const endMs = Math.floor(Date.now() / 1000 / STEP_SECONDS) * STEP_SECONDS * 1000;
  deployedMs = endMs - minutes(DEPLOY_MINUTES_AGO);
  const window = { startMs: endMs - minutes(60), endMs, stepSeconds: STEP_SECONDS };
  await backfill(folder, endMs);
  const prometheus = await startPrometheus(folder);
  const pages = [];
  for (const model of MODELS) pages.push(await pageOf(model, prometheus.url, PICTURES[model.uid]!, window));
  await prometheus.stop();
  const drawn = await draw(await bundle(), pages);
  for (const [i, d] of drawn.entries()) drawings.set(MODELS[i]!.uid, d);
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('fits the types of Grafana’s schema packages', () => {
  expect(schemaErrors(RENDER, MODELS)).toBe('');
  const wrong = structuredClone(MODELS.slice(0, 1)) as unknown as { panels: { options: { colorMode: string } }[] }[];
  wrong[0]!.panels[0]!.options.colorMode = 'rainbow';
  expect(schemaErrors(RENDER, wrong as never), 'the check can fail').toContain('rainbow');
});

describe.each(MODELS)('$title', (model) => {
  it('is drawn by Grafana’s own components without an error', () => {
    const d = drawings.get(model.uid)!;
    expect(d.errors).toEqual([]);
    expect(Object.keys(d.texts)).toHaveLength(model.panels.length);
    expect(d.empty, 'panels without data in the hour of the picture').toEqual(
      model.panels.filter((p) => p.datasource?.type === 'tempo').map((p) => p.title),
    );
    expect(d.png.length).toBeGreaterThan(50_000);
  });
});

it('lets a person on call name layer, code, owner and since when from the failure alone', () => {
  const { texts } = drawings.get('faultlayer-failure')!;
  expect(texts['What fails']).toContain('auth api_key_expired');
  expect(texts['Ask first']).toContain('our own code or credentials');
  const [hours, mins, seconds] = /(\d\d):(\d\d):(\d\d)/.exec(texts['Since']!)!.slice(1).map(Number);
  const late = hours! * 3600 + mins! * 60 + seconds! - (Math.floor(deployedMs / 1000) % 86_400);
  expect(Math.abs(late), 'seconds from the deploy').toBeLessThanOrEqual(60);
  expect(texts['What it is and what to check first']).toMatch(/auth.*401.*api_key_expired.*credentials/s);
  expect(texts['Newest failures with their request IDs']).toMatch(/req_[0-9a-f]{16}/);
});

it('names every trouble of the hour on the overview, worst first', () => {
  const words = drawings.get('faultlayer-overview')!.texts['Failing now, worst first']!;
  const at = ['dns', 'api_key_expired', 'rate_limit_exceeded'].map((w) => words.indexOf(w));
  expect(at.every((i) => i > 0)).toBe(true);
  expect(at).toEqual(at.toSorted((a, b) => a - b));
  expect(drawings.get('faultlayer-overview')!.texts['What changed with the last deploy']).toContain('api_key_expired');
});

it('asks Tempo in TraceQL that its own grammar reads, whatever is chosen', async () => {
  const { parser } = (await import(join(RENDER, 'node_modules/@grafana/lezer-traceql/index.es.js'))) as {
    parser: { parse(text: string): { toString(): string } };
  };
  const window = { startMs: 0, endMs: 60_000, stepSeconds: 15 };
  const hostile = '.*+"|\\ {}[]()^$?/\'%';
  const choices = [SCENES.deploy_breaks_token.choice, SCENES.dns_failure.choice, PICTURES['faultlayer-overview']!];
  for (const choice of [...choices, { service_name: hostile, provider: hostile, layer: hostile, code: hostile }])
    expect(parser.parse(interpolate(FAILING_TRACES, choice, window)).toString()).not.toContain('⚠');
  expect(parser.parse(FAILING_TRACES.replace('&&', '&& &&')).toString(), 'the check can fail').toContain('⚠');
});
