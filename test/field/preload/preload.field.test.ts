import { afterAll, beforeAll, expect, it } from 'vitest';
import { limit } from '../../support/limits.ts';
import { nodeLines } from '../../support/node-lines.ts';
import { type OtlpSink, otlpSink } from '../../support/otlp-sink.ts';
import { fieldApp } from '../../support/packed.ts';
import { runNode } from '../../support/run-node.ts';

const PRELOAD = ['--require', 'faultlayer/register'];
let cwd: string;
let sink: OtlpSink;
beforeAll(async () => {
  cwd = fieldApp('preload');
  sink = await otlpSink();
});
afterAll(() => sink.close());

const run = (node: string, ...args: string[]) =>
  runNode(args, { node, cwd, env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url } });
const lines = nodeLines().map(({ name, node }) => [name, node] as const);

it.each(lines)('%s: the application’s own errors keep their stacks to the letter', async (_, node) => {
  for (const flags of [[], ['--enable-source-maps']]) {
    const bare = await run(node, ...flags, 'apps/stacks.mjs');
    const ours = await run(node, ...flags, ...PRELOAD, 'apps/stacks.mjs');
    const expected = JSON.parse(bare.stdout) as Record<string, string>;
    expect(Object.keys(expected).length).toBeGreaterThan(60);
    expect(JSON.parse(ours.stdout)).toEqual(expected);
  }
});

it.each(lines)('%s: an application that dies of its own bad request prints what it printed', async (_, node) => {
  const program = ['-e', 'require("http").get("http://")'];
  const bare = await run(node, ...program);
  const ours = await run(node, ...PRELOAD, ...program);
  expect(ours.code).toBe(bare.code);
  expect(ours.stderr.length).toBeLessThan(bare.stderr.length + 300);
  const error = (text: string) => text.slice(text.indexOf('TypeError'));
  expect(error(ours.stderr)).toBe(error(bare.stderr));
});

it.each(lines)('%s: no leak warning on the application’s sockets', async (_, node) => {
  const ran = await run(node, ...PRELOAD, 'apps/sockets.mjs');
  expect(JSON.parse(ran.stdout)).toEqual({ warnings: [] });
});

limit('where an uncaught refusal was thrown', async () => {
  const ran = await run(process.execPath, ...PRELOAD, '-e', 'require("http").get("http://")');
  expect(ran.stderr).toMatch(/^\S+faultlayer\S+:\d+\n\s+throw [^\n]*error;\n/);
});
