import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { leaks } from '../privacy/canaries.ts';
import { type PlannedProvider, plannedProvider } from '../privacy/provider.ts';
import { REGISTER } from '../support/preload.ts';
import { clients, fileOf, type Stage, stage } from './applications.ts';

/** The privacy gate's calls through client spans that others make: what is on them when they leave was ours to redact. */
let on: Stage;
let provider: PlannedProvider;
const folder = mkdtempSync(join(tmpdir(), 'faultlayer-coexist-canaries-'));
const list = join(folder, 'calls.json');
beforeAll(async () => {
  on = await stage();
  provider = await plannedProvider();
  writeFileSync(list, JSON.stringify(provider.plan.calls));
}, 300_000);
afterAll(async () => {
  await provider[Symbol.asyncDispose]();
  await on[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

it.each(['otel-1', 'otel-2', 'vercel', 'sentry'] as const)(
  'no canary leaves on the client spans of %s',
  async (app) => {
    const program = [join(import.meta.dirname, '../privacy/app.mjs'), list];
    const ran = await on.run(['--require', fileOf(app, 'sdk.cjs'), '--require', REGISTER, ...program], {
      OTEL_BSP_SCHEDULE_DELAY: '100',
    });
    expect(ran.code).toBe(0);
    const spans = clients(ran);
    expect(spans.length).toBeGreaterThan(provider.plan.calls.length / 2);
    const bare = spans.filter((span) => span.attributes['api.status.class'] === undefined);
    // what fetch refuses at once is told when it has refused: a span that wraps fetch has ended by then
    const refused = /\/v1\/aborted$|:1\/v1\/a/;
    expect(bare.filter((span) => !refused.test(span.name))).toEqual([]);
    expect(leaks(JSON.stringify(spans), provider.plan.canaries)).toEqual([]);
  },
);
