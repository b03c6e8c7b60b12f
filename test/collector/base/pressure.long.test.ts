import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type CollectorProcess, collectorProcess } from '../../support/collector-process.ts';
import { jsonBody, type TestSpan } from '../../support/otlp-spans.ts';

const MIB = 2 ** 20;
const LAYERS = ['dns', 'tcp', 'tls', 'wait', 'auth', 'payload', 'service'];
let collector: CollectorProcess;
afterEach(() => collector[Symbol.asyncDispose]());

/** A body that fills a service's share of every budget: providers, hosts, templates, codes, phases, exemplars with request IDs. */
const body = (service: number, spans = 60): string =>
  jsonBody([
    {
      resource: { 'service.name': `service-number-${service}`, 'service.version': '1.2.3' },
      spans: Array.from({ length: spans }, (_, i): TestSpan => {
        const provider = (service * 7 + i) % 400;
        const fails = i % 2 === 1;
        return {
          endNanos: 1_790_000_000_000_000_000n + BigInt((i % 97) * 25_000_000),
          attributes: {
            'api.provider.name': `provider-${provider}`,
            'server.address': `api${provider}.example.com`,
            'http.request.method': ['GET', 'POST', 'PUT', 'DELETE'][i % 4]!,
            'api.status.class': fails ? '5xx' : '2xx',
            'http.response.status_code': fails ? 503 : 200,
            'url.template': `/v1/things/{id}/parts/${service % 9}/${i}`,
            'api.provider.request_id': `req_${service}_${i}_abcdefghijkl`,
            'api.timing.wait': 0.1,
            'api.timing.dns': 0.01,
            'api.timing.body': 0.01,
            ...(fails && {
              'api.failure.layer': LAYERS[i % 7]!,
              'api.failure.reason': 'http.error',
              'api.provider.code': `code_${service % 500}_${i % 30}`,
            }),
          },
        };
      }),
    },
  ]);

const post = (service: number, spans?: number): Promise<number> =>
  fetch(`${collector.otlp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: body(service, spans),
  }).then(async (answer) => {
    await answer.arrayBuffer();
    return answer.status;
  });

const residentMiB = (): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${collector.child.pid}/status`, 'utf8'))![1]) / 1024;
const page = async (): Promise<number> => {
  const answer = await fetch(`${collector.http}/metrics`, { headers: { accept: 'application/openmetrics-text' } });
  let bytes = 0;
  for await (const piece of answer.body!) bytes += piece.length;
  return answer.status === 200 ? bytes : 0;
};

it('takes less than its default limit with every budget full, pages in both formats included', async () => {
  collector = await collectorProcess();
  for (let service = 0; service < 2000; service += 8) {
    const statuses = await Promise.all(Array.from({ length: 8 }, (_, i) => post(service + i)));
    expect(new Set(statuses)).toEqual(new Set([200]));
  }
  for (let n = 0; n < 3; n++) expect(await page()).toBeGreaterThan(100e6);
  expect((await fetch(`${collector.http}/-/ready`)).status).toBe(200);
  const resident = residentMiB();
  process.stdout.write(`resident with every budget full: ${resident.toFixed(0)} MiB\n`);
  // What the manifests give is 1 GiB, of which 85 % may be used.
  expect(resident).toBeLessThan(700);
});

/** A memory cgroup for the collector, and how to leave it; undefined where none can be made. */
function cgroup(bytes: number): { enter(pid: number): void; remove(): void } | undefined {
  const v1 = readFileSync('/proc/self/cgroup', 'utf8').match(/^\d+:memory:/m);
  const folder = join(v1 ? '/sys/fs/cgroup/memory' : '/sys/fs/cgroup', `faultlayer-test-${process.pid}`);
  try {
    mkdirSync(folder);
    writeFileSync(join(folder, v1 ? 'memory.limit_in_bytes' : 'memory.max'), String(bytes));
    return {
      enter: (pid) => writeFileSync(join(folder, 'cgroup.procs'), String(pid)),
      remove: () => rmdirSync(folder),
    };
  } catch (error) {
    console.warn(`no memory cgroup can be made here (${(error as Error).message}): V8's heap is limited instead`);
    return undefined;
  }
}

it('refuses rather than dies where a container has less than it wants', async () => {
  const limited = cgroup(288 * MIB);
  collector = await collectorProcess(limited ? {} : { NODE_OPTIONS: '--max-old-space-size=64' });
  limited?.enter(collector.child.pid!);
  try {
    let refused = 0;
    for (let service = 0; service < 2000 && refused < 40; service += 8)
      for (const status of await Promise.all(Array.from({ length: 8 }, (_, i) => post(service + i, 400)))) {
        expect([200, 503]).toContain(status);
        if (status === 503) refused++;
      }
    expect(refused).toBeGreaterThanOrEqual(40);
    expect(collector.child.exitCode).toBeNull();
    expect(await (await fetch(`${collector.http}/-/ready`)).text()).toContain('memory is short');
    expect(await page()).toBeGreaterThan(1e6);
    expect(collector.child.exitCode).toBeNull();
  } finally {
    await collector[Symbol.asyncDispose]();
    limited?.remove();
  }
});
