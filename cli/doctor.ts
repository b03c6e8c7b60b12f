import { readFileSync } from 'node:fs';
import { CHECK_ORDER } from '../src/contract/index.ts';
import { requestOf } from '../src/evidence/request.ts';
import { redactUrl } from '../src/redact/index.ts';
import { needFailure } from './client.ts';
import { CA, caOf, command, flag, list, output, text, timeoutOf, UsageError, type ValuesOf } from './command.ts';
import { auth } from './doctor/auth.ts';
import {
  type Context,
  contextOf,
  type DoctorOptions,
  type DoctorReport,
  type StepName,
  type StepReport,
  type Subject,
  stops,
} from './doctor/base.ts';
import { endpoint } from './doctor/endpoint.ts';
import { payload } from './doctor/payload.ts';
import { textOf } from './doctor/print.ts';
import { proxyFor } from './doctor/proxy.ts';
import { healthSubject, service } from './doctor/service.ts';
import { throttling } from './doctor/throttling.ts';
import { transport } from './doctor/transport.ts';
import { fill, headerOf } from './fill.ts';
import { paint } from './paint.ts';

const OPTIONS = {
  method: text('METHOD', 'default GET, or as in the kept failure'),
  header: list("'name: value'", 'repeatable; $NAME in the value is taken from the environment'),
  body: text('file', 'the body the application sends'),
  schema: text('file', 'JSON Schema the body must fit'),
  http2: flag('speak HTTP/2; for a failure ID, the default is what its call spoke'),
  grpc: text('service', "ask for this gRPC service's health over HTTP/2; '' is the whole server"),
  send: flag('send the request also when its method changes something'),
  'allow-private': flag('for a failure ID: go to addresses that are not public'),
  resolver: list('address', 'ask this DNS resolver (host or host:port), repeatable'),
  ca: CA,
  proxy: text('url', 'go through this proxy'),
  'unix-socket': text('path', 'go over this unix socket'),
  timeout: text('seconds', 'for each probe, default 10'),
  json: flag('the report as JSON'),
} as const;

/** Runs the checklist for a URL, or for the call of a kept failure. */
export const run = command({
  name: 'doctor',
  usage: `usage: faultlayer doctor <url | failure ID> [options]

Goes through the checklist from this host, in order, and stops at the first mismatch:
endpoint, auth, payload, transport, throttling, and the service itself.`,
  options: OPTIONS,
  exits: 'Exit code: 0 no mismatch, 1 a mismatch, 2 wrong usage.',
  words: [1, 1, 'one URL or failure ID'],
  async run(values, [target = '']) {
    const live = process.stderr.isTTY === true && values.json !== true;
    const report = await doctorReport(target, values, (step) => {
      if (live) process.stderr.write(`\r\u001b[K${paint('gray', `looking at ${step} …`, process.stderr)}`);
    });
    if (live) process.stderr.write('\r\u001b[K');
    output(values, report, () => textOf(report));
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
  const asked = typed ? subjectOf(target, values) : await subjectOfFailure(target, values);
  const subject = values.grpc === undefined ? asked : healthSubject(asked, values.grpc);
  const options: DoctorOptions = {
    // Whoever types a URL means it; one from a record was chosen by whoever made the call.
    allowPrivate: typed || values['allow-private'] === true,
    resolvers: values.resolver ?? [],
    proxy: proxyFor(subject.url, process.env, values.proxy === undefined ? undefined : urlOf(values.proxy)),
    unixSocket: values['unix-socket'] ?? subject.record?.unixSocket,
    timeoutMs: timeoutOf(values.timeout, 60),
    http2: values.http2 ?? (values.grpc !== undefined || subject.record?.protocol === '2'),
    send: values.send === true || values.grpc !== undefined,
    ...caOf(values.ca),
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
  const { failure: record } = await needFailure(id, true);
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

const STEPS = { endpoint, auth, payload, transport, throttling, service } as const;

/** The checklist in its one order, up to the first step with a mismatch. */
export async function examine(context: Context, started: (step: StepName) => void = () => {}): Promise<DoctorReport> {
  const steps: StepReport[] = [];
  let stoppedAt: StepName | undefined;
  for (const step of [...CHECK_ORDER, 'service'] as const) {
    if (stoppedAt === undefined) started(step);
    const findings = stoppedAt === undefined ? await STEPS[step](context) : [];
    const wrong = stops(findings);
    const verdict = stoppedAt !== undefined ? 'not reached' : wrong ? 'mismatch' : 'ok';
    if (wrong) stoppedAt = step;
    // nobody asks about the service while nothing speaks against it
    if (step !== 'service' || findings.length > 0) steps.push({ step, verdict, findings });
  }
  return {
    method: context.subject.method,
    url: redactUrl(context.subject.raw),
    verdict: stoppedAt === undefined ? 'ok' : 'mismatch',
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    steps,
  };
}
