import { execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packed } from '../../support/packed.ts';
import { root } from '../../support/run-node.ts';
import { httpServer, type Listening } from '../../support/servers.ts';

// A new user in an empty folder, with the packed package and nothing else: first the first minute, then every block of the documents.

const folder = mkdtempSync(join(tmpdir(), 'faultlayer-docs-'));
const node = dirname(process.execPath);
const clean = Object.entries(process.env).filter(([name]) => !/^(OTEL_|FAULTLAYER_|NODE_OPTIONS)/.test(name));
const ENV = {
  ...Object.fromEntries(clean),
  PATH: `${node}:${process.env['PATH']}`,
  XDG_STATE_HOME: folder,
  NO_COLOR: '1',
};
const FREE = { FAULTLAYER_HTTP_PORT: '0', FAULTLAYER_OTLP_PORT: '0', FAULTLAYER_OTLP_GRPC_PORT: '0' };
let provider: Listening;
let minute: { readonly seconds: number; readonly line: string };
let collector: { readonly port: string; readonly otlp: string; end(): Promise<void> };
let id: string;

interface Ran {
  readonly code: number | null;
  readonly out: string;
}
/** Runs a shell line in the folder; ends it when `until` is seen. */
function shell(
  line: string,
  env: Record<string, string> = {},
  until?: RegExp,
  options: SpawnOptions = {},
): Promise<Ran> {
  const child = spawn('bash', ['-c', line], {
    cwd: folder,
    env: { ...ENV, ...env },
    stdio: 'pipe',
    detached: true,
    ...options,
  });
  let out = '';
  const read = (text: string): void => {
    out += text;
    if (until?.test(out)) process.kill(-child.pid!, 'SIGTERM');
  };
  child.stdout!.setEncoding('utf8').on('data', read);
  child.stderr!.setEncoding('utf8').on('data', read);
  child.stdin!.end();
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out })));
}

const APP = `const res = await fetch(process.env.PROVIDER + '/v1/payment_intents', {
  method: 'POST',
  headers: { authorization: 'Bearer x', 'content-type': 'application/json' },
  body: '{}',
});
await res.text();
setTimeout(() => {}, 500);
`;

beforeAll(async () => {
  const tarball = packed();
  provider = await httpServer((req, res) => {
    if (req.url === '/healthz') return res.end('{}');
    const [status, code] = req.url?.includes('/v0/') ? [404, 'not_found'] : [401, 'api_key_expired'];
    res.writeHead(status as number, { 'content-type': 'application/json', 'request-id': 'req_docs_1' });
    return res.end(JSON.stringify({ error: { code, message: 'Expired API Key provided' } }));
  });
  writeFileSync(join(folder, 'app.mjs'), APP);
  writeFileSync(join(folder, 'app.js'), `import('./app.mjs');\n`);
  const env = { PROVIDER: `http://127.0.0.1:${provider.port}`, FAULTLAYER_PROVIDERS: '127.0.0.1=stripe', ...FREE };
  const start = performance.now();
  await shell('npm init -y');
  const installed = await shell(`npm install --no-audit --no-fund ${tarball}`);
  const dev = await shell('npx faultlayer dev app.js', env, /✗ .*\n/);
  minute = {
    seconds: (performance.now() - start) / 1000,
    line: /✗ .*/.exec(dev.out)?.[0] ?? `${installed.out}\n${dev.out}`,
  };
});
afterAll(async () => {
  await collector?.end();
  await provider[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

it('goes from npm init to the first failure line in a minute, by three commands', () => {
  console.log(`first minute: ${minute.seconds.toFixed(1)} s from npm init to: ${minute.line}`);
  expect(minute.line).toMatch(/^✗ auth .*401 api_key_expired POST \/v1\/payment_intents {2}req_docs_1/);
  expect(minute.seconds).toBeLessThan(60);
});

/** Blocks that are shown, not run: why. The key is the page and the beginning of the block. */
const SHOWN: Readonly<Record<string, string>> = {
  'README.md 00:00': 'what `npm start` prints; test/e2e runs that story',
  'README.md npm start': 'commands of the checkout, which is not in the package; .ci/run runs both',
  'README.md { "mcpServers"': 'configuration of an editor; test/cli/why runs that command',
  'docs/fleet.md services (preload)': 'a drawing',
};
/** Lines that are not run as they stand: why. */
const LINES_NOT_RUN: readonly (readonly [line: RegExp, why: string])[] = [
  [/^npm install faultlayer$/, 'the packed package is installed in its place, timed above'],
  [/curl -G http:\/\/127\.0\.0\.1:16686\//, 'wants a Jaeger; forwarder.jaeger.long.test.ts runs one'],
  [/curl -X POST localhost:9090/, 'wants a Prometheus; bench/alerts and test/e2e reload a real one'],
];
/** What stands for a machine of the reader's is replaced by what is here. */
const REPLACED: readonly (readonly [RegExp, () => string])[] = [
  [/\/etc\/prometheus\/faultlayer/g, () => join(folder, 'rules')],
  [/kubectl apply -f -/g, () => 'cat'],
  [/\b[a-z\d]{7}-[a-z\d]{8}\b/g, () => id],
  [/NEW_KEY=…/g, () => 'NEW_KEY=other'],
  [/https:\/\/(api\.acme\.test|orders\.internal:8443)/g, () => `http://127.0.0.1:${provider.port}`],
  [/http:\/\/user:p%40ss@proxy\.internal:3128/g, () => `http://127.0.0.1:${provider.port}`],
];

interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}
const pages = [
  'README.md',
  ...globSync('docs/*.md', { cwd: root })
    .filter((page) => !/docs\/api\./.test(page))
    .sort(),
];
const blocks: readonly Block[] = pages.flatMap((page) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/^```([^\n]*)\n(.*?)^```/gms)].map(([, language, text]) => ({
    page,
    language: language!,
    text: text!,
  })),
);
const nameOf = ({ page, text }: Block): string => `${page}: ${text.split('\n', 1)[0]!.slice(0, 60)}`;
const isShown = ({ page, text }: Block): boolean => Object.keys(SHOWN).some((key) => `${page} ${text}`.startsWith(key));

/** Commands of a block: after `$` where it has prompts, every line otherwise. */
function commandsOf({ text }: Block): string[] {
  const lines = text
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const prompted = lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2));
  return (prompted.length > 0 ? prompted : lines).map((line) => line.replace(/\s+#.*$/, ''));
}

async function runCommand(line: string): Promise<void> {
  if (LINES_NOT_RUN.some(([pattern]) => pattern.test(line))) return;
  const command = REPLACED.reduce((text, [pattern, by]) => text.replace(pattern, by), line);
  const env = {
    FAULTLAYER_HTTP_PORT: collector.port,
    FAULTLAYER_HTTP_TOKEN: 'docs',
    FAULTLAYER_REPLAY_ORIGINS: `http://127.0.0.1:${provider.port}`,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.otlp,
    PROVIDER: `http://127.0.0.1:${provider.port}`,
    FAULTLAYER_PROVIDERS: '127.0.0.1=stripe',
    STRIPE_KEY: 'k',
    ACME_TOKEN: 't',
  };
  const serves = /faultlayer (collector|dev)\b/.test(command);
  const until = /failures on http|✗ .*\n/;
  const ran = await shell(command, serves ? { ...env, ...FREE } : env, serves ? until : undefined);
  if (serves) return expect(ran.out).toMatch(until);
  // 0 nothing found, 1 something found: 2 is wrong usage, more a command that there is not
  expect([command, ran.code, ran.out]).toEqual([
    command,
    expect.toBeOneOf([0, 1]),
    expect.not.stringContaining('not found:'),
  ]);
}

/** A collector of the reader's, with one failure of checkout's at stripe. */
async function startReadersCollector(): Promise<void> {
  const ports = {
    FAULTLAYER_HTTP_PORT: '0',
    FAULTLAYER_OTLP_PORT: '0',
    FAULTLAYER_OTLP_GRPC_PORT: 'off',
    FAULTLAYER_HTTP_TOKEN: 'docs',
  };
  const child = spawn('npx', ['faultlayer', 'collector', '--json'], {
    cwd: folder,
    env: { ...ENV, ...ports },
    detached: true,
  });
  const at = await new Promise<{ otlp: string; http: string }>((resolve, reject) => {
    child.on('error', reject);
    child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(JSON.parse(text)));
  });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  collector = {
    port: new URL(at.http).port,
    otlp: at.otlp,
    end: () => {
      process.kill(-child.pid!, 'SIGINT');
      return ended;
    },
  };
  await runCommand('OTEL_SERVICE_NAME=checkout node --require faultlayer/register app.js');
  const list = await fetch(`${at.http.replace('localhost', '127.0.0.1')}/api/failures`, {
    headers: { authorization: 'Bearer docs' },
  });
  const { groups } = (await list.json()) as { groups: { records: { id: string }[] }[] };
  id = groups[0]!.records[0]!.id;
}

describe('every block of README and docs', () => {
  beforeAll(async () => {
    await startReadersCollector();
    mkdirSync(join(folder, 'requests'));
    writeFileSync(
      join(folder, 'requests/http-client.env.json'),
      JSON.stringify({ staging: { host: `http://127.0.0.1:${provider.port}` } }),
    );
    writeFileSync(
      join(folder, 'requests/stripe.http'),
      blocks.find((b) => b.language === 'http')!.text.replaceAll('{{host}}', `http://127.0.0.1:${provider.port}`),
    );
    const [overrides = '', owners = ''] = blocks
      .find((b) => b.text.startsWith('# overrides.yml'))!
      .text.split('# owners.yml');
    writeFileSync(join(folder, 'overrides.yml'), overrides);
    writeFileSync(join(folder, 'owners.yml'), `#${owners}`);
  });

  it('is either run or listed with why it is not', () => {
    expect(blocks.length).toBeGreaterThan(15);
    const stale = Object.keys(SHOWN).filter(
      (key) => !blocks.some(({ page, text }) => `${page} ${text}`.startsWith(key)),
    );
    expect(stale).toEqual([]);
    for (const block of blocks.filter(isShown)) console.log(`not run: ${nameOf(block)}`);
  });

  it.each(blocks.filter((b) => !isShown(b)).map((block) => [nameOf(block), block] as const))('%s', async (_, block) => {
    const { language, text } = block;
    if (language === 'yaml') expect(parse(text)).toBeInstanceOf(Array);
    else if (language === 'json') JSON.parse(text);
    else if (language === 'http') expect(text).toContain('GET {{host}}');
    else if (language === 'js') {
      const file = join(folder, /^\/\/ (\S+\.mjs)/.exec(text)?.[1] ?? 'block.mjs');
      const used = /\bstartCollector\b/.test(text) ? `import { startCollector } from 'faultlayer/collector';\n` : '';
      writeFileSync(file, `${used}${text}`);
      execFileSync(process.execPath, [file], { cwd: folder, env: ENV, stdio: 'pipe' });
    } else for (const command of commandsOf(block)) await runCommand(command);
  });
});

it('every relative link and image of README is in the repository, and none is needed on npm', () => {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target]) => target!);
  expect(targets.length).toBeGreaterThan(15);
  expect(targets.filter((target) => globSync(target, { cwd: root }).length === 0)).toEqual([]);
  // npm resolves relative links of a package's README by its repository
  const { repository } = JSON.parse(readFileSync(join(folder, 'node_modules/faultlayer/package.json'), 'utf8')) as {
    repository?: { url: string };
  };
  expect(repository?.url).toMatch(/^git\+https:\/\/github\.com\//);
});
