import { readFileSync } from 'node:fs';
import type { FailureRecord } from '../src/evidence/record.ts';
import { requestOf } from '../src/evidence/request.ts';
import { findFailure } from './client.ts';
import { command, UsageError, type ValuesOf } from './command.ts';
import { contextOf, type DoctorOptions, type Subject } from './doctor/context.ts';
import { textOf } from './doctor/print.ts';
import { proxyFor } from './doctor/probes/proxy.ts';
import type { DoctorReport } from './doctor/report.ts';
import { examine } from './doctor/run.ts';
import { fill, headerOf } from './fill.ts';
import { paint } from './paint.ts';

const USAGE = `usage: faultlayer doctor <url | failure ID> [options]

Goes through the checklist from this host, in order, and stops at the first mismatch:
endpoint, auth, payload, transport, throttling.

  --method <METHOD>      default GET, or as in the kept failure
  --header 'name: value' repeatable; $NAME in the value is taken from the environment
  --body <file>          the body the application sends
  --schema <file>        JSON Schema the body must fit
  --http2                speak HTTP/2; for a failure ID, the default is what its call spoke
  --send                 send the request also when its method changes something
  --allow-private        for a failure ID: go to addresses that are not public
  --resolver <address>   ask this DNS resolver (host or host:port), repeatable
  --ca <file>            trust these certificates (PEM) besides Node's own
  --proxy <url>          go through this proxy
  --timeout <seconds>    for each probe, default 10
  --json                 the report as JSON

Exit code: 0 no mismatch, 1 a mismatch, 2 wrong usage.
`;

const OPTIONS = {
  method: { type: 'string' },
  header: { type: 'string', multiple: true },
  body: { type: 'string' },
  schema: { type: 'string' },
  http2: { type: 'boolean' },
  send: { type: 'boolean' },
  'allow-private': { type: 'boolean' },
  resolver: { type: 'string', multiple: true },
  ca: { type: 'string' },
  proxy: { type: 'string' },
  timeout: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** Runs the checklist for a URL, or for the call of a kept failure. */
export const run = command({
  name: 'doctor',
  usage: USAGE,
  options: OPTIONS,
  positionals: true,
  async run(values, positionals) {
    const [target] = positionals;
    if (target === undefined || positionals.length > 1)
      throw new UsageError('give one URL or failure ID; --help says more');
    const live = process.stderr.isTTY === true && values.json !== true;
    const report = await doctorReport(target, values, (step) => {
      if (live) process.stderr.write(`\r\u001b[K${paint('gray', `looking at ${step} …`, process.stderr)}`);
    });
    if (live) process.stderr.write('\r\u001b[K');
    process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : textOf(report));
    return report.verdict === 'ok' ? 0 : 1;
  },
});

type Values = ValuesOf<typeof OPTIONS>;

/** Checks a URL or the call of a kept failure; `onStep` is told of each step as it begins. */
export async function doctorReport(
  target: string,
  values: Values,
  onStep: (step: string) => void = () => {},
): Promise<DoctorReport> {
  const typed = /^https?:/i.test(target);
  const subject = typed ? subjectOf(target, values) : await subjectOfFailure(target, values);
  const timeout = Number(values.timeout ?? 10);
  if (!(timeout > 0 && timeout <= 60)) throw new UsageError('--timeout is seconds, up to 60');
  const options: DoctorOptions = {
    // Whoever types a URL means it; one from a record was chosen by whoever made the call.
    allowPrivate: typed || values['allow-private'] === true,
    resolvers: values.resolver ?? [],
    proxy: proxyFor(subject.url, process.env, values.proxy === undefined ? undefined : urlOf(values.proxy)),
    timeoutMs: timeout * 1000,
    http2: values.http2 ?? subject.record?.protocol === '2',
    send: values.send === true,
    nowMs: Date.now,
    env: process.env,
    ...(values.ca === undefined ? {} : { ca: [readFileSync(values.ca, 'utf8')] }),
  };
  return examine(contextOf(subject, options), onStep);
}

function urlOf(text: string): URL {
  if (!URL.canParse(text))
    throw new UsageError('not a URL: look for spaces, a missing host, or a port that is no number');
  return new URL(text);
}

function subjectOf(raw: string, values: Values): Subject {
  return {
    raw,
    url: urlOf(raw),
    method: (values.method ?? 'GET').toUpperCase(),
    headers: (values.header ?? []).map((text) => headerOf(text, process.env)),
    ...bodyOf(values),
  };
}

/** The kept call; placeholders that the environment fills are filled, others leave their header out. */
async function subjectOfFailure(id: string, values: Values): Promise<Subject> {
  if (/^[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:[:/]|$)/i.test(id))
    throw new UsageError(`'${id}' has no scheme; did you mean https://${id}?`);
  const found = await findFailure(id, true);
  if (found === undefined) throw new UsageError(`no failure '${id}' is kept; 'faultlayer failures' lists what is`);
  const record: FailureRecord = found.failure;
  const template = requestOf(record);
  if (template === undefined) throw new UsageError('the kept URL is no HTTP URL');
  const { url, headers } = fill(template, process.env);
  const given = (values.header ?? []).map((text) => headerOf(text, process.env));
  return {
    raw: url,
    url: urlOf(url),
    method: (values.method ?? record.method).toUpperCase(),
    headers: [...headers, ...given],
    record,
    ...(template.body === undefined ? {} : { body: template.body }),
    ...bodyOf(values),
  };
}

function bodyOf(values: Values): { body?: string; schema?: unknown } {
  let schema: unknown;
  if (values.schema !== undefined)
    try {
      schema = JSON.parse(readFileSync(values.schema, 'utf8'));
    } catch (error) {
      throw new UsageError(`--schema: ${(error as Error).message}`);
    }
  return {
    ...(values.body === undefined ? {} : { body: readFileSync(values.body, 'utf8') }),
    ...(schema === undefined ? {} : { schema }),
  };
}
