import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LAYER, type LayerName } from '../src/contract/index.ts';
import { inert } from '../src/evidence/inert.ts';
import { redactUrl } from '../src/redact/index.ts';
import { CA, caOf, command, flag, list, output, say, text, timeoutOf, UsageError } from './command.ts';
import { type HttpRequest, parseHttpFile } from './http-file/parse.ts';
import { type Scope, substitute } from './http-file/variables.ts';
import { exchange, type Run } from './net/exchange.ts';
import { ms, paint, plural } from './paint.ts';

const OPTIONS = {
  env: text('name', 'variables of this environment, from http-client.env.json beside the file'),
  var: list('name=value', 'one variable, repeatable'),
  name: text('request', 'only this request'),
  timeout: text('seconds', 'per request, default 10'),
  resolver: text('address', 'ask this DNS resolver'),
  ca: CA,
  json: flag('results as JSON'),
} as const;

interface Result extends Pick<HttpRequest, 'name' | 'line'>, Pick<Run, 'status' | 'durationMs'> {
  readonly file: string;
  readonly passed: boolean;
  readonly url?: string;
  /** The layer at which it broke, or `expectation`, or `variables`. */
  readonly layer?: string | undefined;
  readonly reason?: string | undefined;
  /** The provider's code, or the client's where no answer came. */
  readonly code?: string | undefined;
  readonly said: string;
  readonly requestId?: string | undefined;
}

/** Runs the requests of `.http` files. */
export const run = command({
  name: 'check',
  usage: `usage: faultlayer check <file.http …> [options]

Runs saved requests and says for each that fails at which layer. The files are what the HTTP clients of JetBrains
and Visual Studio Code read. A request is right when its answer has no failure layer, or as '# @expect 404' says.`,
  options: OPTIONS,
  exits: 'Exit code: 0 all right, 1 a request failed, 2 wrong usage or a file that cannot be read.',
  words: [1, Number.POSITIVE_INFINITY, 'at least one .http file'],
  async run(values, positionals) {
    const options = { deadlineMs: timeoutOf(values.timeout, 300), resolver: values.resolver, ...caOf(values.ca) };
    const results: Result[] = [];
    for (const file of positionals) {
      const parsed = parseHttpFile(readFileSync(file, 'utf8'));
      if (parsed.problems.length > 0) throw new UsageError(`${file}: ${parsed.problems.join('; ')}`);
      const variables = new Map([...parsed.variables, ...environment(file, values.env), ...given(values.var ?? [])]);
      const scope = { variables, environment: process.env };
      for (const request of parsed.requests) {
        if (values.name !== undefined && request.name !== values.name) continue;
        if (request.ignored.length > 0) say(`${file}:${request.line}: not carried out: ${request.ignored.join(', ')}`);
        const result = await check(file, request, scope, options);
        results.push(result);
        if (!values.json) process.stdout.write(lineOf(result));
      }
    }
    if (results.length === 0)
      throw new UsageError(values.name ? `no request is named '${values.name}'` : 'the files hold no request');
    const failed = results.filter((r) => !r.passed);
    const count = plural(results.length, 'request');
    output(values, results, () =>
      failed.length === 0
        ? paint('green', `${count}, all right\n`)
        : paint('red', `${failed.length} of ${count} failed\n`),
    );
    return failed.length === 0 ? 0 : 1;
  },
});

async function check(
  file: string,
  request: HttpRequest,
  scope: Scope,
  options: { deadlineMs: number; resolver: string | undefined; ca?: string[] },
): Promise<Result> {
  const base = { file, name: request.name, line: request.line };
  const missing = new Set<string>();
  const filled = (text: string): string => {
    const { text: value, missing: names } = substitute(text, scope);
    for (const name of names) missing.add(name);
    return value;
  };
  const url = filled(request.url);
  const headers = request.headers.map(([name, value]) => [name, filled(value)] as const);
  const body = bodyOf(file, request, filled);
  const wrong = (layer: string, said: string): Result => ({ ...base, passed: false, layer, said, durationMs: 0 });
  if (missing.size > 0) return wrong('variables', `no value for ${[...missing].join(', ')}`);
  if (!URL.canParse(url) || !/^https?:/i.test(url)) return wrong('client', 'not an http(s) URL');
  const run = await exchange(
    { method: request.method, url: new URL(url), headers, body },
    { allowPrivate: true, http2: request.http2, ...options },
  );
  return {
    ...base,
    url: redactUrl(url),
    status: run.status,
    reason: run.reason,
    code: run.evidence?.code ?? run.code,
    ...verdict(run, request.expect),
    durationMs: run.durationMs,
    requestId: run.evidence?.requestId,
  };
}

/** Addresses are the user's own and stay as they are. */
function verdict(run: Run, expect: string | undefined): Pick<Result, 'passed' | 'layer' | 'said'> {
  const { layer, reason, status, error, evidence, limit } = run;
  const answered = status !== undefined && error === undefined;
  const ended = limit && `our own limit of ${limit.seconds} s ended it`;
  const got = limit?.received === undefined ? '' : ` after status ${status} and ${plural(limit.received, 'byte')}`;
  const said = answered
    ? [status, evidence?.code, evidence?.message].filter((part) => part !== undefined).join(' ')
    : `${reason}: ${ended ? `${ended}${got}` : (error ?? '')}`;
  if (expect === undefined || !answered) return { passed: layer === undefined, layer, said };
  const right = expect
    .split(/[\s,]+/)
    .some((one) => one.toLowerCase() === String(status) || (/^[1-5]xx$/i.test(one) && one[0] === String(status)[0]));
  return right
    ? { passed: true, said }
    : { passed: false, layer: layer ?? 'expectation', said: `${said}, expected ${expect}` };
}

function bodyOf(file: string, { body, bodyFile }: HttpRequest, filled: (text: string) => string) {
  if (bodyFile === undefined) return body === undefined ? undefined : filled(body);
  const bytes = readFileSync(resolve(dirname(file), bodyFile.path));
  return bodyFile.substitute ? filled(bytes.toString('utf8')) : bytes;
}

function lineOf(r: Result): string {
  const place = `${r.durationMs > 0 ? `${ms(r.durationMs)} ` : ''}${r.file}:${r.line}${r.requestId ? ` request ID ${inert(r.requestId)}` : ''}`;
  const what = `${r.passed ? '' : `${paint('red', r.layer ?? '')} `}${inert(r.said, 300)}`;
  // Where the way to the provider broke, the doctor says more.
  const stage = r.url === undefined ? undefined : LAYER[r.layer as LayerName]?.stage;
  const doctor = `    ${paint('cyan', `npx faultlayer doctor '${inert(r.url ?? '')}'`)}\n`;
  const hint = stage === 'before_send' || stage === 'in_transit' ? doctor : '';
  return `${r.passed ? paint('green', '✓') : paint('red', '✗')} ${inert(r.name)}  ${what} ${paint('gray', place)}\n${hint}`;
}

/** `http-client.env.json` and its private sibling, which wins. */
function environment(file: string, name: string | undefined): [string, string][] {
  if (name === undefined) return [];
  const found = ['http-client.env.json', 'http-client.private.env.json'].flatMap((leaf) => {
    const path = join(dirname(file), leaf);
    if (!existsSync(path)) return [];
    try {
      const all = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, unknown>>;
      return Object.hasOwn(all, name) ? [Object.entries(all[name]!)] : [];
    } catch (error) {
      throw new UsageError(`${leaf}: ${(error as Error).message}`);
    }
  });
  if (found.length === 0) throw new UsageError(`no environment '${name}' in http-client.env.json beside ${file}`);
  return found.flat().map(([key, value]) => [key, String(value)]);
}

/** `name=value` pairs of `--var`. */
const given = (pairs: readonly string[]): [string, string][] =>
  pairs.map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) throw new UsageError('--var wants name=value');
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
