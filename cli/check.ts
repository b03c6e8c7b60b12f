import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { inert } from '../src/evidence/inert.ts';
import { junitOf, type TestCase } from '../src/http-file/junit.ts';
import { type HttpRequest, parseHttpFile } from '../src/http-file/parse.ts';
import { type Scope, substitute } from '../src/http-file/variables.ts';
import { redactText } from '../src/redact/index.ts';
import { environment, given, scopeOf } from './check/variables.ts';
import { command, UsageError } from './command.ts';
import { ms, plural } from './doctor/words.ts';
import { exchange, type Run } from './net/exchange.ts';
import { paint } from './paint.ts';

const USAGE = `usage: faultlayer check <file.http …> [options]

Runs saved requests and says for each that fails at which layer. The files are what the HTTP clients of JetBrains
and Visual Studio Code read. A request is right when its answer has no failure layer, or as '# @expect 404' says.

  --env <name>         variables of this environment, from http-client.env.json beside the file
  --var <name=value>   one variable, repeatable
  --name <request>     only this request
  --junit <file>       results for the pipeline
  --timeout <seconds>  per request, default 10
  --resolver <address> ask this DNS resolver
  --ca <file>          trust these certificates (PEM) besides Node's own
  --json               results as JSON

Exit code: 0 all right, 1 a request failed, 2 wrong usage or a file that cannot be read.
`;

const OPTIONS = {
  env: { type: 'string' },
  var: { type: 'string', multiple: true },
  name: { type: 'string' },
  junit: { type: 'string' },
  timeout: { type: 'string' },
  resolver: { type: 'string' },
  ca: { type: 'string' },
  json: { type: 'boolean' },
} as const;

interface Result {
  readonly file: string;
  readonly name: string;
  readonly line: number;
  readonly passed: boolean;
  /** The layer at which it broke, or `expectation`, or `variables`. */
  readonly layer?: string;
  readonly said: string;
  readonly durationMs: number;
  readonly requestId?: string;
}

/** Runs the requests of `.http` files. */
export const run = command({
  name: 'check',
  usage: USAGE,
  options: OPTIONS,
  positionals: true,
  async run(values, positionals) {
    if (positionals.length === 0) throw new UsageError('give at least one .http file; --help says more');
    const timeout = Number(values.timeout ?? 10);
    if (!(timeout > 0 && timeout <= 300)) throw new UsageError('--timeout is seconds, up to 300');
    const results: Result[] = [];
    for (const file of positionals) {
      const parsed = parseHttpFile(readFileSync(file, 'utf8'));
      if (parsed.problems.length > 0) throw new UsageError(`${file}: ${parsed.problems.join('; ')}`);
      const scope = scopeOf(
        new Map([...parsed.variables, ...environment(file, values.env), ...given(values.var ?? [])]),
      );
      for (const request of parsed.requests) {
        if (values.name !== undefined && request.name !== values.name) continue;
        if (request.ignored.length > 0)
          process.stderr.write(`faultlayer: ${file}:${request.line}: not carried out: ${request.ignored.join(', ')}\n`);
        const result = await check(file, request, scope, {
          deadlineMs: timeout * 1000,
          resolver: values.resolver,
          ...(values.ca === undefined ? {} : { ca: [readFileSync(values.ca, 'utf8')] }),
        });
        results.push(result);
        if (!values.json) process.stdout.write(lineOf(result));
      }
    }
    if (results.length === 0)
      throw new UsageError(values.name ? `no request is named '${values.name}'` : 'the files hold no request');
    const failed = results.filter((r) => !r.passed);
    if (values.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
    else
      process.stdout.write(
        failed.length === 0
          ? paint('green', `${plural(results.length, 'request')}, all right\n`)
          : paint('red', `${failed.length} of ${plural(results.length, 'request')} failed\n`),
      );
    if (values.junit !== undefined) writeFileSync(values.junit, junitOf(results.map(caseOf)));
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
  const problem =
    missing.size > 0
      ? `no value for ${[...missing].join(', ')}`
      : URL.canParse(url) && /^https?:/i.test(url)
        ? undefined
        : 'not an http(s) URL';
  if (problem !== undefined)
    return { ...base, passed: false, layer: missing.size > 0 ? 'variables' : 'client', said: problem, durationMs: 0 };
  const run = await exchange(
    { method: request.method, url: new URL(url), headers, body },
    { allowPrivate: true, http2: request.http2, ...options },
  );
  const requestId = run.evidence?.requestId;
  return {
    ...base,
    ...verdict(run, request.expect),
    durationMs: run.durationMs,
    ...(requestId === undefined ? {} : { requestId }),
  };
}

function verdict(run: Run, expect: string | undefined): Pick<Result, 'passed' | 'layer' | 'said'> {
  const answered = run.status !== undefined && run.error === undefined;
  const said = answered
    ? [run.status, run.evidence?.code, run.evidence?.message].filter((part) => part !== undefined).join(' ')
    : `${run.reason}: ${redactText(run.error ?? '')}`;
  if (expect === undefined || !answered)
    return { passed: run.layer === undefined, said, ...(run.layer === undefined ? {} : { layer: run.layer }) };
  const right = expect
    .split(/[\s,]+/)
    .some(
      (one) => one.toLowerCase() === String(run.status) || (/^[1-5]xx$/i.test(one) && one[0] === String(run.status)[0]),
    );
  return right
    ? { passed: true, said }
    : { passed: false, layer: run.layer ?? 'expectation', said: `${said}, expected ${expect}` };
}

function bodyOf(
  file: string,
  { body, bodyFile }: HttpRequest,
  filled: (text: string) => string,
): string | Buffer | undefined {
  if (bodyFile === undefined) return body === undefined ? undefined : filled(body);
  const bytes = readFileSync(resolve(dirname(file), bodyFile.path));
  return bodyFile.substitute ? filled(bytes.toString('utf8')) : bytes;
}

const lineOf = (r: Result): string =>
  `${r.passed ? paint('green', '✓') : paint('red', '✗')} ${inert(r.name)}  ${r.passed ? '' : `${paint('red', r.layer ?? '')} `}${inert(r.said, 300)} ${paint('gray', `${r.durationMs > 0 ? `${ms(r.durationMs)} ` : ''}${r.file}:${r.line}${r.requestId ? ` request ID ${inert(r.requestId)}` : ''}`)}\n`;

const caseOf = (r: Result): TestCase => ({
  suite: r.file,
  name: r.name,
  seconds: r.durationMs / 1000,
  ...(r.passed
    ? {}
    : {
        failure: {
          type: r.layer ?? 'unknown',
          message: `${r.layer}: ${r.said}`,
          detail: `${r.file}:${r.line}${r.requestId ? `, request ID ${r.requestId}` : ''}`,
        },
      }),
});
