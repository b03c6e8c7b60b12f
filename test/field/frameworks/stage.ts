import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { expect } from 'vitest';
import { pipeline } from '../../support/decode-bodies.ts';
import { parsePage, sumOf } from '../../support/exposition.ts';
import { freePort } from '../../support/free-port.ts';
import type { DecodedSpan } from '../../support/otlp-decode.ts';
import { type OtlpSink, otlpSink } from '../../support/otlp-sink.ts';
import { fieldApp } from '../../support/packed.ts';
import { type Ran, runNode } from '../../support/run-node.ts';
import { httpServer } from '../../support/servers.ts';

export const SECRET = 's3cr3t-in-a-query';
export const CALLS = 'api_client_calls_total';

export interface Case {
  readonly name: string;
  /** Arguments of Node, from the folder of the installed applications. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Its client spans go where no collector is: only the metrics port counts. */
  readonly elsewhere?: true;
  /** Several processes, of which one gets the metrics port: only the collector counts. */
  readonly processes?: true;
  /** The header that carries the trace on where it is not `traceparent`. */
  readonly carrier?: string;
  /** What is compared of the output; all by default. */
  readonly output?: (text: string) => string;
  /** The variable that tells Node of the preload. */
  readonly preloadIn?: string;
  /** A manager that does not end by itself: it is told to a while after so many results. */
  readonly results?: number;
}

/** Headers of one request to the provider, every value by itself. */
type Headers = Readonly<Record<string, string[] | undefined>>;
export interface Observed extends Ran {
  readonly headers: readonly Headers[];
  readonly spans: readonly DecodedSpan[];
  readonly bodies: readonly Buffer[];
  /** Calls as a collector counts them, and as the metrics port does. */
  readonly collected: number;
  readonly served: number;
}

/** Answers what the applications ask for; of an SDK's calls the first attempt fails. */
function answer(req: IncomingMessage, res: ServerResponse, isFirst: boolean): void {
  const json = (status: number, body: unknown): void => {
    res.writeHead(status, {
      'content-type': 'application/json',
      'x-request-id': 'req_1',
      'x-elastic-product': 'Elasticsearch',
    });
    res.end(JSON.stringify(body));
  };
  const path = req.url ?? '';
  const sdk = /^\/(anthropic|openai|elastic)\//.exec(path)?.[1];
  if (path.includes('/fail') || (sdk && isFirst))
    json(503, { error: { type: 'api_error', code: 'engine_down', message: 'no' } });
  else if (sdk === 'elastic') json(200, { took: 1, hits: { hits: [] } });
  else json(200, { id: 'x', type: 'message', role: 'assistant', content: [], choices: [], usage: {} });
}

/** @param name of the folder of applications in `test/field` */
export async function stage(name = 'frameworks') {
  const folder = fieldApp(name);
  const register = join(folder, 'node_modules/faultlayer/dist/instrumentation/register.cjs');
  const headers: Headers[] = [];
  const asked = new Set<string>();
  const api = await httpServer((req, res) => {
    headers.push(req.headersDistinct as IncomingHttpHeaders as Headers);
    const [path = ''] = (req.url ?? '').split('?');
    answer(req, res, !asked.has(path));
    asked.add(path);
    req.resume();
  });
  const everything: Buffer[] = [];

  async function run(it: Case, ours: boolean): Promise<Observed> {
    headers.length = 0;
    asked.clear();
    // an agent reads JSON, an OTLP exporter protobuf
    const sink: OtlpSink = await otlpSink(
      (req, res) => void res.writeHead(200).end(req.url === '/v1/traces' ? '' : '{}'),
    );
    const port = await freePort();
    let served = 0;
    let results = 0;
    const poll = setInterval(() => {
      fetch(`http://127.0.0.1:${port}/metrics`)
        .then((response) => response.text())
        .then((page) => {
          served = Math.max(served, sumOf(parsePage(page), CALLS));
        })
        .catch(() => {});
    }, 100);
    try {
      const ran = await runNode(it.args, {
        cwd: folder,
        deadlineMs: 60_000,
        onStdout: (text, kill) => {
          results += text.match(/200 503 200 503/g)?.length ?? 0;
          if (results === it.results) setTimeout(() => kill('SIGTERM'), 1500);
        },
        env: {
          URL: `http://127.0.0.1:${api.port}`,
          STAY: '900',
          OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
          OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
          OTEL_METRICS_EXPORTER: 'none',
          OTEL_LOGS_EXPORTER: 'none',
          OTEL_NODE_RESOURCE_DETECTORS: 'none',
          OTEL_LOG_LEVEL: 'error',
          OTEL_BSP_SCHEDULE_DELAY: '200',
          SENTRY_DSN: `${sink.url.replace('http://', 'http://public@')}/1`,
          ...Object.fromEntries(
            Object.entries(it.env ?? {}).map(([name, value]) => [name, value.replace('{sink}', sink.url)]),
          ),
          ...(ours && { [it.preloadIn ?? 'NODE_OPTIONS']: `--require ${register}` }),
          ...(ours && !it.processes && { FAULTLAYER_METRICS_PORT: String(port) }),
        },
      });
      const traces = sink.requests.filter(
        ({ headers: h }) => h['content-type'] === 'application/x-protobuf' && h['x-sentry-auth'] === undefined,
      );
      const bodies = traces.filter(({ path }) => path === '/v1/traces').map(({ body }) => body);
      const counted = pipeline();
      for (const body of bodies) counted.take(body);
      if (ours) everything.push(...bodies);
      return {
        ...ran,
        headers: [...headers],
        spans: [...sink.spans],
        bodies: sink.requests.map(({ body }) => body),
        collected: sumOf(counted.samples(), CALLS),
        served,
      };
    } finally {
      clearInterval(poll);
      await sink.close();
    }
  }

  return {
    folder,
    run,
    /** Every body of traces that was sent with us. */
    everything,
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
    },
  };
}
export type Stage = Awaited<ReturnType<typeof stage>>;

const theirs = ({ spans }: Observed): string[] =>
  spans
    .filter(({ scope }) => scope.name !== 'faultlayer')
    .map(({ scope, kind, name }) => `${scope.name} ${kind} ${name.replace(SECRET, 'REDACTED').replace(/\?at=\d+/, '')}`)
    .toSorted();

/** Per request the traces that it is said to belong to, numbered in the order of their first appearance. */
function traces({ headers }: Observed): number[][] {
  const known: string[] = [];
  return headers.map((h) =>
    (h['traceparent'] ?? []).map((value) => {
      const trace = value.split('-')[1]!;
      if (!known.includes(trace)) known.push(trace);
      return known.indexOf(trace);
    }),
  );
}
const TRACE_HEADERS = new Set(['traceparent', 'tracestate', 'baggage']);
const otherHeaders = ({ headers }: Observed): string[][] =>
  headers.map((h) =>
    Object.keys(h)
      .filter((name) => !TRACE_HEADERS.has(name))
      .toSorted(),
  );

/** What the application, its exporter and its providers notice of us: nothing but one `traceparent` where there was none. */
export function expectUndisturbed(it: Case, bare: Observed, ours: Observed): void {
  const output = it.output ?? ((text: string) => text);
  expect(bare.headers.length).toBeGreaterThan(0);
  expect({ code: ours.code, stdout: output(ours.stdout), stderr: output(ours.stderr) }).toEqual({
    code: bare.code,
    stdout: output(bare.stdout),
    stderr: output(bare.stderr),
  });
  expect(theirs(ours)).toEqual(theirs(bare));
  const before = traces(bare);
  const after = traces(ours);
  const least = it.carrier === undefined ? 1 : 0;
  expect(after.map((each) => each.length)).toEqual(before.map((each) => Math.max(least, each.length)));
  // where every request said its trace, it says the same one
  if (before.every((each) => each.length > 0) && !it.processes) expect(after).toEqual(before);
  // requests of several processes come in any order
  const inOrder = (rows: string[][]) => (it.processes ? rows.toSorted((a, b) => `${a}`.localeCompare(`${b}`)) : rows);
  expect(inOrder(otherHeaders(ours))).toEqual(inOrder(otherHeaders(bare)));
  expect(Buffer.concat([...ours.bodies]).includes(SECRET)).toBe(false);
}

export function expectCounted(it: Case, ours: Observed): void {
  const attempts = ours.headers.length;
  expect({ collected: ours.collected, served: ours.served }).toEqual({
    collected: it.elsewhere ? 0 : attempts,
    served: it.processes ? 0 : attempts,
  });
}
