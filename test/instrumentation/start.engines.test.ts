import { once } from 'node:events';
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readerOf } from '../../instrumentation/base/environment.ts';
import type { SpanRecord } from '../../instrumentation/span/record.ts';
import { Engine, type StartOptions } from '../../instrumentation/start.ts';
import { loadConfig } from '../../src/config.ts';
import { Memory } from '../../src/memo.ts';
import { otlpSink } from '../support/otlp-sink.ts';
import { httpServer, type Listening } from '../support/servers.ts';

let api: Listening;
const big = JSON.stringify({ error: { code: 'too_big', message: 'x'.repeat(15_000) } });
beforeAll(async () => {
  api = await httpServer((req, res) => {
    const failed = req.url!.startsWith('/fail');
    res.writeHead(failed ? 500 : 200, { 'content-type': 'application/json' });
    if (req.url === '/fail/held') res.write(big);
    else res.end(failed ? big : '{}');
  });
});
afterAll(() => api[Symbol.asyncDispose]());
const url = (path: string) => `http://127.0.0.1:${api.port}${path}`;
const get = async (path: string) => (await fetch(url(path))).text();

/** An engine of its own, and the spans that it has told. */
function engine(env: Record<string, string> = {}, options: StartOptions = {}) {
  const spans: SpanRecord[] = [];
  const own = { OTEL_TRACES_EXPORTER: 'none', FAULTLAYER_SPANS: 'own', ...env };
  const it = new Engine(loadConfig(own), readerOf(own), { onSpan: (span) => spans.push(span), ...options }, () => {});
  return {
    it,
    spans,
    /** Attributes of the calls to one path, once all that have ended are told. */
    of(path: string) {
      it.capture.settle();
      const { origin } = new URL(url('/'));
      return spans.filter((s) => String(s.attributes['url.full']).startsWith(origin + path)).map((s) => s.attributes);
    },
    [Symbol.asyncDispose]: () => it.stop(),
  };
}

it('leaves nothing behind of an engine that cannot start', async () => {
  const own = { OTEL_TRACES_EXPORTER: 'none', FAULTLAYER_METRICS_PORT: '0' };
  const reader = readerOf(own);
  const broken = {
    ...reader,
    text(name: string) {
      if (name === 'AWS_LAMBDA_RUNTIME_API') throw new Error('broken part');
      return reader.text(name);
    },
  };
  const before = new Memory();
  const outer = Memory.use(before);
  expect(() => new Engine(loadConfig(own), broken, {}, () => {})).toThrow('broken part');
  expect(Memory.use(outer)).toBe(before);
  await using one = engine();
  await get('/after');
  expect(one.of('/after')).toHaveLength(1);
});

describe('two engines in one process', () => {
  it('take out what their own users named, and keep what they keep', async () => {
    await using one = engine({ FAULTLAYER_REDACT: 'orchard', FAULTLAYER_CAPTURE_BODIES: 'true' });
    await using two = engine({ FAULTLAYER_CAPTURE_BODIES: 'true' });
    for (let i = 0; i < 2; i++) await get('/fail/rules?orchard=north');
    for (const a of one.of('/fail/rules')) expect(a['url.full']).not.toContain('north');
    for (const a of two.of('/fail/rules')) expect(a['url.full']).toContain('orchard=north');
    expect([one.of('/fail/rules').length, two.of('/fail/rules').length]).toEqual([2, 2]);
  });

  it('know their own providers, those that join later too', async () => {
    await using one = engine({}, { providers: [{ name: 'pears', hosts: ['127.0.0.1'] }] });
    await using two = engine();
    const names = (from: typeof one) => from.of('/providers').map((a) => a['api.provider.name']);
    await get('/providers');
    expect([names(one), names(two)]).toEqual([['pears'], ['127.0.0.1']]);
    two.it.join({ providers: [{ name: 'plums', hosts: ['127.0.0.1'] }] });
    await get('/providers');
    expect([names(one), names(two)]).toEqual([
      ['pears', 'pears'],
      ['127.0.0.1', 'plums'],
    ]);
  });

  it('send their own names and limits', async () => {
    const sinks = [await otlpSink(), await otlpSink()];
    const made = sinks.map((sink, i) =>
      engine({
        OTEL_TRACES_EXPORTER: 'otlp',
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
        OTEL_SERVICE_NAME: `service-${i}`,
        OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: i === 0 ? '5' : '500',
      }),
    );
    await get('/names/of/one');
    for (const { it } of made) await it.flush();
    const told = await Promise.all(
      sinks.map(async (sink) => {
        const span = (await sink.waitForSpans(1)).find((s) =>
          String(s.attributes['url.template']).startsWith('/name'),
        )!;
        return [span.resource['service.name'], span.attributes['url.template']];
      }),
    );
    expect(told).toEqual([
      ['service-0', '/name'],
      ['service-1', '/names/of/one'],
    ]);
    for (const { it } of made) await it.stop();
    for (const sink of sinks) await sink.close();
  });

  it('have memory for bodies of their own', async () => {
    await using one = engine();
    // so many failing answers are still open that the first engine has no room for more
    const held: http.IncomingMessage[] = [];
    const agent = new http.Agent();
    for (let i = 0; i < 300; i++) {
      const request = http.get(url('/fail/held'), { agent });
      held.push((await once(request, 'response'))[0]);
    }
    await using two = engine();
    await get('/fail/mine');
    const code = (from: typeof one) => from.of('/fail/mine')[0]!['api.provider.code'];
    expect([code(one), code(two)]).toEqual([undefined, 'too_big']);
    for (const response of held) response.destroy();
    agent.destroy();
  });

  it('see the same connection each as its own', async () => {
    const agent = new http.Agent({ keepAlive: true });
    const call = async () => {
      const [response] = await once(http.get(url('/connection'), { agent }), 'response');
      await once(response.resume(), 'end');
    };
    await using one = engine();
    await using two = engine();
    await call();
    await call();
    agent.destroy();
    for (const from of [one, two]) {
      const told = from.of('/connection').map((a) => [a['api.timing.tcp'] !== undefined, a['api.connection.calls']]);
      expect(told).toEqual([
        [true, undefined],
        [false, 1],
      ]);
    }
  });

  it('follow the attempts of one flow each by itself', async () => {
    await using one = engine();
    await get('/fail/again');
    await using two = engine();
    await get('/fail/again');
    const counts = (from: typeof one) => from.of('/fail/again').map((a) => a['http.request.resend_count'] ?? 0);
    expect([counts(one), counts(two)]).toEqual([[0, 1], [0]]);
  });

  it('go on when the other stops, whichever was first', async () => {
    for (const first of [true, false]) {
      const [one, two] = [engine(), engine()];
      const [stopped, running] = first ? [one, two] : [two, one];
      await stopped.it.stop();
      for (const call of [() => get('/on'), () => once(http.get(url('/on')), 'response').then(([r]) => r.resume())])
        await call();
      await expect(fetch('http://user:secret@/')).rejects.toThrow();
      await running.it.stop();
      expect([stopped.spans.length, running.spans.length]).toEqual([0, 3]);
      expect([...one.it.faults, ...two.it.faults]).toEqual([]);
    }
  });
});
