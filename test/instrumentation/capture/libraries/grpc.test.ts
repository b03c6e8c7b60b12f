import { once } from 'node:events';
import http2 from 'node:http2';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describe as attributesOf } from '../../../../instrumentation/attributes/index.ts';
import { readerFor } from '../../../../instrumentation/judge/reader.ts';
import { AttributeList } from '../../../../instrumentation/span/list.ts';
import { loadConfig } from '../../../../src/config.ts';
import { captured } from '../../../support/captured.ts';
import { freePort } from '../../../support/free-port.ts';
import { limit } from '../../../support/limits.ts';
import { waitFor } from '../../../support/wait-for.ts';

/** google.rpc.Status with ErrorInfo{reason: "API_DISABLED"}, RetryInfo{1.5 s} and RequestInfo{"req-7"}. */
const any = (type: string, value: Buffer): Buffer =>
  field(3, Buffer.concat([field(1, Buffer.from(`type.googleapis.com/google.rpc.${type}`)), field(2, value)]));
const field = (number: number, bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
const duration = Buffer.from([0x08, 1, 0x10, 0x80, 0xca, 0xb5, 0xee, 0x01]);
const DETAILS = Buffer.concat([
  Buffer.from([0x08, 8]),
  any('ErrorInfo', field(1, Buffer.from('API_DISABLED'))),
  any('RetryInfo', field(1, duration)),
  any('RequestInfo', field(1, Buffer.from('req-7'))),
]).toString('base64');

const ok = { ':status': 200, 'content-type': 'application/grpc' };
const message = Buffer.from([0, 0, 0, 0, 0]);
const server = http2.createServer();
server.on('stream', async (stream, headers) => {
  stream.on('error', () => {});
  const name = headers[':path']!.split('/').at(-1)!;
  const trailers = (values: http2.OutgoingHttpHeaders): void => {
    stream.respond(ok, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers(values));
    stream.end(message);
  };
  if (name === 'Denied')
    stream.respond({ ...ok, 'grpc-status': '7', 'grpc-message': 'caller%20may%20not' }, { endStream: true });
  else if (name === 'Down') trailers({ 'grpc-status': '14', 'grpc-message': 'backend down' });
  else if (name === 'Busy') trailers({ 'grpc-status': '8', 'grpc-status-details-bin': DETAILS });
  else if (name === 'Fine') trailers({ 'grpc-status': '0' });
  else if (name === 'Missing') trailers({ 'grpc-status': '5' });
  else if (name === 'Slow') setTimeout(() => trailers({ 'grpc-status': '4' }), 250);
  else if (name === 'Late') {
    stream.respond(ok, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '13', 'grpc-message': 'lost it' }));
    for (let i = 0; i < 50; i++) stream.write(message);
    await sleep(30);
    stream.end();
  }
});
let address: string;
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const SERVICE = 'acme.v1.Items';
interface Failure {
  readonly code: number;
}
type Client = Record<
  string,
  (...args: unknown[]) => { on(name: string, on: (value: unknown) => void): void; cancel(): void }
> & { close(): void; waitForReady(deadline: number, ready: (error?: Error) => void): void };
const METHODS = ['Denied', 'Down', 'Busy', 'Fine', 'Missing', 'Late', 'Hang', 'Slow'];
function clientOf(target: string): Client {
  const grpc = createRequire(import.meta.url)('@grpc/grpc-js');
  const bytes = (value: Buffer) => value;
  const method = (name: string) => ({
    path: `/${SERVICE}/${name}`,
    requestStream: false,
    responseStream: name === 'Late',
    requestSerialize: bytes,
    responseDeserialize: bytes,
    requestDeserialize: bytes,
    responseSerialize: bytes,
  });
  const Made = grpc.makeGenericClientConstructor(
    Object.fromEntries(METHODS.map((name) => [name, method(name)])),
    'Items',
  );
  return new Made(target, grpc.credentials.createInsecure());
}

/** How this side ends a call: after so many ms on a connection that is up, or as soon as the server has all of the request. */
type Ends = { readonly afterMs: number } | 'by cancel' | undefined;

async function called(client: Client, name: string, options: object = {}, ends?: Ends): Promise<number> {
  if (ends)
    await new Promise<void>((resolve, reject) =>
      client.waitForReady(Number.POSITIVE_INFINITY, (error) => (error ? reject(error) : resolve())),
    );
  const deadline = typeof ends === 'object' ? { deadline: Date.now() + ends.afterMs } : {};
  if (name !== 'Late')
    return new Promise((resolve) => {
      const all = { ...options, ...deadline };
      const call = client[name]!(Buffer.from('x'), all, (error: Failure | null) => resolve(error?.code ?? 0));
      if (ends === 'by cancel') server.once('stream', (stream) => stream.resume().once('end', () => call.cancel()));
    });
  const stream = client[name]!(Buffer.from('x'), options);
  return new Promise((resolve) => {
    stream.on('data', () => {});
    stream.on('error', (error) => resolve((error as Failure).code));
  });
}

const CONFIG = loadConfig({}).config;
interface Told {
  readonly status: number;
  readonly told: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}
async function told(name: string, target = address, options: object = {}, ends?: Ends): Promise<Told> {
  const described: Omit<Told, 'status' | 'told'>[] = [];
  using c = captured(
    { readerOf: readerFor },
    {
      end(call, outcome) {
        const list = new AttributeList();
        described.push({ name: attributesOf(list, call, outcome, CONFIG), attributes: list.toObject() });
      },
    },
  );
  const client = clientOf(target);
  const status = await called(client, name, options, ends);
  await waitFor(() => c.ended.length > 0, name);
  client.close();
  expect(c.faults).toEqual([]);
  expect(c.ended).toHaveLength(1);
  return { status, told: c.ended[0]!.told, ...described[0]! };
}

describe('grpc-js', () => {
  it.each([
    ['Denied', 7, 'failed auth', '7', 'PERMISSION_DENIED'],
    ['Down', 14, 'failed service', '14', 'UNAVAILABLE'],
    ['Busy', 8, 'failed throttling', 'API_DISABLED', 'RESOURCE_EXHAUSTED'],
    ['Missing', 5, 'failed endpoint', '5', 'NOT_FOUND'],
    ['Late', 13, 'failed service', '13', 'INTERNAL'],
    ['Fine', 0, 'ok', undefined, 'OK'],
  ] as const)('%s', async (name, status, outcome, code, word) => {
    const seen = await told(name);
    expect(seen.status).toBe(status);
    expect(seen.told).toBe(outcome === 'ok' ? 'ok yes' : `${outcome} http.error_in_success yes`);
    expect(seen.name).toBe(`${SERVICE}/${name}`);
    expect(seen.attributes).toMatchObject({
      'rpc.system.name': 'grpc',
      'rpc.method': `${SERVICE}/${name}`,
      'rpc.response.status_code': word,
    });
    expect(seen.attributes['api.provider.code']).toBe(code);
  });

  it('reads message, wait and request ID', async () => {
    expect((await told('Denied')).attributes['api.provider.message']).toBe('caller may not');
    expect((await told('Busy')).attributes).toMatchObject({
      'api.provider.subcode': '8',
      'api.provider.request_id': 'req-7',
      'api.retry.after': 1.5,
    });
  });

  it('tells a deadline from a cancel', async () => {
    const late = await told('Hang', address, {}, { afterMs: 200 });
    expect([late.status, late.told]).toEqual([4, 'failed wait http.response.timed_out yes']);
    expect(late.attributes['rpc.response.status_code']).toBe('DEADLINE_EXCEEDED');
    const raw = http2.connect(`http://${address}`);
    using c = captured({ readerOf: readerFor });
    const path = `/${SERVICE}/Slow`;
    const head = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', 'grpc-timeout': '200m' };
    const stream = raw.request(head).end().resume();
    await once(stream, 'close');
    raw.close();
    await waitFor(() => c.ended.length === 1, path);
    expect(c.ended[0]!.told).toBe('failed wait http.response.timed_out yes');
    c[Symbol.dispose]();
    const cancelled = await told('Hang', address, { deadline: Date.now() + 20_000 }, 'by cancel');
    expect([cancelled.status, cancelled.told]).toEqual([1, 'cancelled yes']);
  });

  limit('gRPC over HTTP/2', async () => {
    using c = captured({ readerOf: readerFor });
    const bundled = http2.connect(`http://127.0.0.1:${await freePort()}`).on('error', () => {});
    await new Promise((resolve) => bundled.on('close', resolve));
    expect(c.ended).toEqual([]);
  });

  limit('modules as they load', () => {
    const Module = createRequire(import.meta.url)('node:module') as { _load: unknown };
    const before = Module._load;
    const c = captured();
    expect(Module._load).not.toBe(before);
    c[Symbol.dispose]();
    expect(Module._load).toBe(before);
  });

  it('tells of a channel that cannot connect', async () => {
    const refused = await told('Fine', `127.0.0.1:${await freePort()}`);
    expect([refused.status, refused.told]).toEqual([14, 'failed tcp tcp.refused no']);
    expect(refused.attributes).toMatchObject({ 'rpc.method': `${SERVICE}/Fine`, 'server.address': '127.0.0.1' });
    const nowhere = await told('Fine', 'dns:///name.invalid:443');
    expect([nowhere.status, nowhere.told]).toEqual([14, 'failed dns dns.name_not_resolved no']);
    const silent = createServer();
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const { port } = silent.address() as AddressInfo;
    const late = await told('Fine', `127.0.0.1:${port}`, { deadline: Date.now() + 200 });
    silent.close();
    expect(late.told).toMatch(/^failed (?:tcp|wait|queued|client) /);
  });
});

it('tells of an answer to raw HTTP/2 that has no status at all', async () => {
  using c = captured({ readerOf: readerFor });
  const bare = http2.createServer().on('stream', (stream) => {
    stream.respond(ok);
    stream.end(message);
  });
  await once(bare.listen(0, '127.0.0.1'), 'listening');
  const session = http2.connect(`http://127.0.0.1:${(bare.address() as AddressInfo).port}`);
  const stream = session.request({ ':method': 'POST', ':path': '/a.B/C', 'content-type': 'application/grpc' });
  stream.end();
  stream.resume();
  await once(stream, 'close');
  session.close();
  bare.close();
  await waitFor(() => c.ended.length === 1, 'the call');
  expect(c.ended[0]!.told).toBe('failed body http.response.unfinished yes');
});
