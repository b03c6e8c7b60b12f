import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Case, expectCounted, expectUndisturbed, type Observed, type Stage, stage } from '../frameworks/stage.ts';

let on: Stage;
beforeAll(async () => {
  on = await stage('next');
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', NODE_OPTIONS: '' } as const;
  const next = join(on.folder, 'node_modules/next/dist/bin/next');
  execFileSync(process.execPath, [next, 'build'], { cwd: on.folder, env, stdio: ['ignore', 'ignore', 'inherit'] });
}, 900_000);
afterAll(() => on[Symbol.asyncDispose]());

// React prints the page in its own time; what it says of itself has no part in this
const told = (text: string): string => text.replace(/<!-- -->/g, '');

it.each([
  ['without @vercel/otel', {}],
  ['with @vercel/otel', { TRACED: 'yes' }],
] as const)('Next.js %s', async (_with, env) => {
  const each: Case = {
    name: 'next',
    args: ['serve.cjs'],
    preloadIn: 'APP_NODE_OPTIONS',
    output: told,
    // it carries the trace on to the places that it is told, and to no other
    ...('TRACED' in env && { carrier: 'none' }),
    env: { NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production', ...env },
  };
  const bare = await on.run(each, false);
  const ours = await on.run(each, true);
  expect(bare.stdout).toContain('200 503 200 200 | 503 503');
  expectUndisturbed(each, bare, ours);
  expectCounted(each, ours);
});

it('@vercel/otel in a script: the first call after it was registered is told as well', async () => {
  const each: Case = { name: 'script', args: ['first.cjs'], carrier: 'none' };
  const bare = await on.run(each, false);
  const ours = await on.run(each, true);
  expect(bare.stdout).toBe('503 503 200\n');
  expectUndisturbed(each, bare, ours);
  expectCounted(each, ours);
  const told = (of: Observed) => of.spans.map(({ attributes: a }) => a['api.failure.layer'] ?? a['api.status.class']);
  expect(told(bare)).toEqual([undefined, undefined, undefined]);
  expect(told(ours)).toEqual(['service', 'service', '2xx']);
});
