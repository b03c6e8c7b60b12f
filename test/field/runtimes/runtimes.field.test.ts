import { globSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, type TestContext } from 'vitest';
import { freePorts } from '../../support/free-port.ts';
import { type OtlpSink, otlpSink } from '../../support/otlp-sink.ts';
import { fieldApp } from '../../support/packed.ts';
import { type Ran, runNode } from '../../support/run-node.ts';
import { httpServer, type Listening } from '../../support/servers.ts';

const SEEN = {
  bun: "faultlayer: under Bun calls of node:http and node:http2 are seen; those of fetch only if Bun publishes undici's channels (1.4 does not)\n",
  deno: "faultlayer: under Deno calls of node:http, node:http2 and npm's undici are seen; those of Deno's own fetch are not (tried with 2.9)\n",
};
type Runtime = keyof typeof SEEN;
const CLOSED = 'faultlayer: not started: Deno gives no environment, run with --allow-env\n';
const REGISTER = './node_modules/faultlayer/dist/instrumentation/register.cjs';
/** A denied variable is told by Deno's own error. */
const NOT_STARTED = /^faultlayer: not started: .*\n$/;
const DENO = ['run', '--no-prompt'];
const BARE: Readonly<Record<Runtime, readonly string[]>> = { bun: [], deno: [...DENO, '-A'] };
const OURS: Readonly<Record<Runtime, readonly string[]>> = {
  bun: ['-r', 'faultlayer/register'],
  deno: [...BARE.deno, '--require', REGISTER],
};
const DENIED = '/denied 401 invalid_api_key req_1';
/** Of the calls of `apps/calls.mjs` those that node's modules make. */
const CALLS = [DENIED, '/http2 503', '/ok 200', '/refused tcp.refused'];

let cwd: string;
let api: Listening;
let refused: string;
let sink: OtlpSink;
beforeAll(async () => {
  cwd = fieldApp('runtimes');
  const link = join(cwd, 'apps/named/node_modules');
  rmSync(link, { force: true });
  symlinkSync(join(cwd, 'node_modules'), link);
  api = await httpServer((req, res) => {
    if (req.url === '/ok') res.end('fine');
    else {
      res.writeHead(401, { 'content-type': 'application/json', 'x-request-id': 'req_1' });
      res.end('{"error":{"code":"invalid_api_key","message":"no such key"}}');
    }
  });
  refused = `http://127.0.0.1:${(await freePorts(1))[0]}`;
});
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(async () => {
  sink = await otlpSink();
});
afterEach(() => sink.close());

/** The packages are run without their scripts, which would put the binaries elsewhere. */
function binaryOf(runtime: Runtime, context: TestContext): string {
  const [found] = globSync({ bun: '@oven/bun-*/bin/bun', deno: '@deno/*/deno' }[runtime], {
    cwd: join(cwd, 'node_modules'),
  });
  if (found !== undefined) return join(cwd, 'node_modules', found);
  const why = `npm has no ${runtime} for ${process.platform}-${process.arch}`;
  console.warn(why);
  return context.skip(why);
}

interface Run {
  readonly env?: Record<string, string> | undefined;
  /** How the application ends. */
  readonly end?: string;
  readonly folder?: string;
}
function run(binary: string, args: readonly string[], { env, end = '', folder = cwd }: Run = {}): Promise<Ran> {
  const all = [...args, `http://127.0.0.1:${api.port}`, refused, end];
  return runNode(all, {
    cwd: folder,
    node: binary,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, NO_COLOR: '1', ...env },
  });
}
const behaviour = ({ code, signal, stdout, stderr }: Ran) => ({ code, signal, stdout, stderr });

/** What the collector got: each call by its path, status or reason, provider's code and request ID. */
const told = (): string[] =>
  sink.spans
    .map(({ attributes: a }) => {
      const status = a['http.response.status_code'] ?? a['api.failure.reason'];
      return [new URL(String(a['url.full'])).pathname, status, a['api.provider.code'], a['api.provider.request_id']]
        .filter((part) => part !== undefined)
        .join(' ');
    })
    .toSorted();

type Way = readonly [runtime: Runtime, way: string, args: readonly string[], env?: Record<string, string>];
it.for<Way>([
  ['bun', '--preload', ['--preload', 'faultlayer/register', 'apps/calls.mjs']],
  ['bun', '-r', ['-r', 'faultlayer/register', 'apps/calls.mjs']],
  ['bun', 'BUN_OPTIONS', ['apps/calls.mjs'], { BUN_OPTIONS: '--preload faultlayer/register' }],
  ['bun', 'import', ['apps/imports.mjs']],
  ['bun', 'start()', ['apps/starts.mjs']],
  ['deno', '--require', [...DENO, '-A', '--require', REGISTER, 'apps/calls.mjs']],
  ['deno', '--preload', [...DENO, '-A', '--preload', REGISTER, 'apps/calls.mjs']],
  ['deno', 'NODE_OPTIONS', [...DENO, '-A', 'apps/calls.mjs'], { NODE_OPTIONS: `--require ${REGISTER}` }],
  ['deno', 'import', [...DENO, '-A', 'apps/imports.mjs']],
  ['deno', 'start()', [...DENO, '-A', 'apps/starts.mjs']],
])(
  '%s, loaded by %s: the same behaviour, one line, and what it names arrives',
  async ([runtime, , args, env], context) => {
    const binary = binaryOf(runtime, context);
    const bare = await run(binary, [...BARE[runtime], 'apps/calls.mjs']);
    expect(bare).toMatchObject({ code: 3, stderr: '' });
    const ours = await run(binary, args, { env });
    expect(behaviour(ours)).toEqual({ ...behaviour(bare), stderr: SEEN[runtime] });
    await sink.waitForSpans(CALLS.length);
    expect(told()).toEqual(CALLS);
    expect(new Set(sink.spans.map(({ resource }) => resource['process.runtime.name']))).toEqual(new Set([runtime]));
  },
);

it('Deno takes the name of the package where a package.json has it', async (context) => {
  const args = [...DENO, '-A', '--preload', 'npm:faultlayer/register', '../calls.mjs'];
  const ours = await run(binaryOf('deno', context), args, { folder: join(cwd, 'apps/named') });
  expect(ours).toMatchObject({ code: 3, stderr: SEEN.deno });
  await sink.waitForSpans(CALLS.length);
  expect(told()).toEqual(CALLS);
});

it.for<readonly [Runtime, readonly string[]]>([
  ['bun', [DENIED]],
  ['deno', [DENIED, DENIED, '/ok 200']],
])('axios and the package undici under %s', async ([runtime, calls], context) => {
  const ours = await run(binaryOf(runtime, context), [...OURS[runtime], 'apps/libraries.mjs']);
  expect(behaviour(ours)).toEqual({ code: 0, signal: null, stdout: '401\n401\n200 fine\n', stderr: SEEN[runtime] });
  await sink.waitForSpans(calls.length);
  expect(told()).toEqual(calls);
});

it.for<readonly [Runtime, string, number, readonly string[]]>([
  ['bun', 'exit', 4, CALLS],
  ['bun', 'throw', 1, CALLS],
  ['deno', 'exit', 4, CALLS],
  // Deno tells nobody of an uncaught error: the good calls of the last 200 ms are lost
  ['deno', 'throw', 1, CALLS.filter((call) => !call.startsWith('/ok'))],
])('%s that ends by %s: what arrives comes once', async ([runtime, end, code, calls], context) => {
  const binary = binaryOf(runtime, context);
  const bare = await run(binary, [...BARE[runtime], 'apps/calls.mjs'], { end });
  expect(bare.code).toBe(code);
  const ours = await run(binary, [...OURS[runtime], 'apps/calls.mjs'], { end });
  expect(behaviour(ours)).toEqual({ ...behaviour(bare), stderr: SEEN[runtime] + bare.stderr });
  await sink.waitForSpans(calls.length);
  expect(told()).toEqual(calls);
});

/** What Deno may be given, what is said, and whether the calls arrive. */
const RIGHTS: readonly (readonly [rights: string, stderr: string | undefined, arrive: boolean])[] = [
  ['--allow-net', CLOSED, false],
  ['--allow-net --allow-read --allow-sys', CLOSED, false],
  ['--allow-net --allow-env=OTEL_EXPORTER_OTLP_ENDPOINT', CLOSED, false],
  ['--allow-net --ignore-env', CLOSED, false],
  ['--allow-net --allow-env --deny-env=FAULTLAYER_DISABLED', undefined, false],
  ['--allow-net --allow-env --deny-env=AWS_SECRET_ACCESS_KEY', SEEN.deno, true],
  ['--allow-net --allow-env', SEEN.deno, true],
  ['--allow-net --allow-env --allow-read', SEEN.deno, true],
  ['--allow-net --allow-env --allow-sys', SEEN.deno, true],
];
it.for(RIGHTS)('Deno with %s', async ([rights, stderr, arrive], context) => {
  const binary = binaryOf('deno', context);
  const flags = [...DENO, ...rights.split(' ')];
  const bare = await run(binary, [...flags, 'apps/calls.mjs']);
  expect(bare).toMatchObject({ code: 3, stderr: '' });
  const ours = await run(binary, [...flags, '--require', REGISTER, 'apps/calls.mjs']);
  expect(behaviour(ours)).toEqual({ ...behaviour(bare), stderr: stderr ?? expect.stringMatching(NOT_STARTED) });
  await sink.waitForSpans(arrive ? CALLS.length : 0);
  expect(told()).toEqual(arrive ? CALLS : []);
});

it('Deno that may not reach the collector: one line more', async (context) => {
  const hosts = `--allow-net=127.0.0.1:${api.port},${new URL(refused).host}`;
  const ours = await run(binaryOf('deno', context), [
    ...DENO,
    hosts,
    '--allow-env',
    '--require',
    REGISTER,
    'apps/one.mjs',
  ]);
  expect(ours).toMatchObject({ code: 0, stdout: '200\n' });
  expect(ours.stderr).toBe(
    `${SEEN.deno}faultlayer: spans cannot be sent to ${sink.url} (Deno gives no access, run with --allow-net); said once\n`,
  );
  expect(sink.requests).toEqual([]);
});

it.for(['--allow-net', '--allow-net --allow-env', '--allow-net=API --allow-env'])(
  'Deno at a terminal, with %s: nobody is asked',
  async (rights, context) => {
    const binary = binaryOf('deno', context);
    if (process.platform !== 'linux') context.skip('script(1) takes other arguments there');
    const host = `127.0.0.1:${api.port}`;
    const command = `${binary} run ${rights.replace('API', host)} --require ${REGISTER} apps/one.mjs http://${host}`;
    const env = { NO_COLOR: '1', OTEL_EXPORTER_OTLP_ENDPOINT: sink.url };
    const ours = await runNode(['-qec', command, '/dev/null'], { cwd, node: 'script', env });
    expect(ours.stdout).not.toMatch(/requests/);
    expect(ours).toMatchObject({ code: 0, stdout: expect.stringMatching(/^200\r$/m) });
  },
);
