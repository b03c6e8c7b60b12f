import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VARIABLE_LABELS, type Variable } from '../../dashboards/lib/promql.ts';
import { backfill, STEP_SECONDS } from './support/backfill.ts';
import { ALL, type Choice, interpolate } from './support/interpolate.ts';
import { MODELS, PANELS } from './support/model.ts';
import { query, startPrometheus, type Window } from './support/prometheus.ts';
import { DEPLOY_MINUTES_AGO, minutes, SCENES, type Scene, STORY_MINUTES } from './support/story.ts';

let folder: string;
let prometheus: Awaited<ReturnType<typeof startPrometheus>>;
let endMs: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'faultlayer-dashboards-'));
  endMs = Math.floor(Date.now() / 1000 / STEP_SECONDS) * STEP_SECONDS * 1000;
  await backfill(folder, endMs);
  prometheus = await startPrometheus(folder);
}, 120_000);
afterAll(async () => {
  await prometheus?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const window = (minutesAgo: number, rangeMinutes = 60): Window => ({
  startMs: endMs - minutes(minutesAgo + rangeMinutes),
  endMs: endMs - minutes(minutesAgo),
  stepSeconds: 15,
});
const promql = PANELS.filter(({ panel }) => panel.datasource?.type === 'prometheus');

const SHOWN = Object.values<Scene>(SCENES).flatMap((scene) => scene.panels.map((name) => ({ name, scene })));

it('has one scene for every panel, and no panel that is gone', () => {
  expect(SHOWN.map(({ name }) => name).toSorted()).toEqual(PANELS.map(({ name }) => name).toSorted());
});

describe.each(promql)('$name', ({ panel, name }) => {
  const { when, minutesAgo, choice } = SHOWN.find((s) => s.name === name)!.scene;
  it(`shows data when there is ${when}`, async () => {
    for (const target of panel.targets) {
      const w = window(minutesAgo, Math.min(60, STORY_MINUTES - minutesAgo));
      const result = await query(prometheus.url, interpolate(target.expr!, choice, w), w, target.instant === true);
      const numbers = result.flatMap((s) => s.values.map(([, v]) => Number(v))).filter(Number.isFinite);
      expect(numbers.length, `${target.refId}: ${target.expr}`).toBeGreaterThan(0);
    }
  });
  it('stays valid with nothing, everything and hostile values chosen', async () => {
    const hostile = '.*+"|\\ {}[]()^$?/\'%\u00e9\n';
    for (const value of [ALL, '', hostile, [hostile, 'api.stripe.com', '\\']]) {
      const chosen = Object.fromEntries(Object.keys(VARIABLE_LABELS).map((v) => [v, value])) as Choice;
      for (const target of panel.targets) {
        const w = window(0, 2);
        await query(prometheus.url, interpolate(target.expr!, chosen, w), w, target.instant === true);
      }
    }
  });
});

it('offers the values of the story in its variables', async () => {
  for (const model of MODELS) {
    const list = (model['templating'] as { list: { name: string; type: string; query: { query: string } }[] }).list;
    for (const v of list.filter((v) => v.type === 'query')) {
      const [, selector, label] = /^label_values\((.*), (\w+)\)$/s.exec(v.query.query)!;
      const choice = SCENES.deploy_breaks_token.choice;
      const answer = await fetch(
        `${prometheus.url}/api/v1/label/${label}/values?${new URLSearchParams({ 'match[]': interpolate(selector!, choice, window(0)) })}`,
      );
      const { data } = (await answer.json()) as { data: string[] };
      expect(data, `${model.uid} ${v.name}`).toContain(choice[v.name as Variable]);
    }
  }
});

it('marks each deploy once, at its time', async () => {
  for (const model of MODELS) {
    const [deploys] = (model['annotations'] as { list: { target: { expr: string } }[] }).list;
    const w = { ...window(0), stepSeconds: 60 };
    const result = await query(
      prometheus.url,
      interpolate(deploys!.target.expr, SCENES.deploy_breaks_token.choice, w),
      w,
      false,
    );
    const marks = result.map((s) => [s.metric['service_version'], new Set(s.values.map(([, v]) => v)).size]);
    expect(marks.sort(), model.uid).toEqual([
      ['2.4.0', 1],
      ['2.5.0', 1],
    ]);
    const at = Number(result.find((s) => s.metric['service_version'] === '2.5.0')!.values[0]![1]);
    expect(Math.abs(at - (endMs - minutes(DEPLOY_MINUTES_AGO))), 'milliseconds').toBeLessThan(2 * STEP_SECONDS * 1000);
  }
});
