// Runs every scenario of one client and prints what the application saw, one JSON line each. No preload here: it is added from outside.

import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { Readable, Writable } from 'node:stream';

const { client, undici: undiciPath, scenarios, witness } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const undici = undiciPath ? createRequire(import.meta.url)(undiciPath) : undefined;

// Node puts a per-process id into OpenSSL messages, and advice into others; neither is ours.
const clean = (text) =>
  typeof text === 'string' ? text.replace(/[0-9A-F]{8,16}:error:/g, 'ID:error:').replace(/:\d+:?$/gm, '') : text;
const SCHEDULER =
  /^at(?: async.*| (?:process\.)?process[TI].*| runNextTicks| listOnTimeout| Timeout\..*| new DOMException.*)?\s*$/;
const show = (error, depth = 0) => {
  if (error === null || typeof error !== 'object') return { thrown: typeof error, value: String(error) };
  return {
    type: Object.prototype.toString.call(error),
    constructor: error.constructor?.name,
    name: error.name,
    message: clean(error.message),
    code: error.code,
    errno: error.errno,
    syscall: error.syscall,
    keys: Object.getOwnPropertyNames(error).sort(),
    ours: /faultlayer|instrumentation\/capture\/[a-z0-9]+\//.test(
      String(error.stack).replaceAll('/capture/matrix/', '/'),
    ),
    // what stands below our own `worker` is the scheduler's business
    frames: String(error.stack)
      .split(/\n\s+at (?:async )?worker /)[0]
      .split('\n')
      .filter((l) => /^\s+at /.test(l))
      .map((l) =>
        l
          .trim()
          .replace(/[(\s][^(\s]*[/:][^)]*\)?$/, '')
          .replace(/index \d/, 'index'),
      )
      .filter((l) => !SCHEDULER.test(l)),
    ...(error.cause !== undefined && depth < 5 && { cause: show(error.cause, depth + 1) }),
    ...(Array.isArray(error.errors) && { errors: error.errors.map((e) => show(e, depth + 1)) }),
  };
};

/** Answers as a resolver that has these addresses, in this order. */
const addresses =
  (...all) =>
  (_name, options, done) => {
    const found = all.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    setImmediate(() => (options.all ? done(null, found) : done(null, found[0].address, found[0].family)));
  };
const LOOKUPS = {
  never: () => {},
  again: (name, _o, done) =>
    setImmediate(() =>
      done(
        Object.assign(new Error(`getaddrinfo EAI_AGAIN ${name}`), {
          code: 'EAI_AGAIN',
          errno: -3001,
          syscall: 'getaddrinfo',
          hostname: name,
        }),
      ),
    ),
  'refused twice': addresses('127.0.0.1', '127.0.0.2'),
  'one slow, one dead': addresses('127.0.0.1', '::1'),
};

const bodyOf = (s) => {
  if (s.body === undefined) return undefined;
  if (s.body === 'breaks') {
    let sent = false;
    return new Readable({
      read() {
        if (!sent) {
          sent = true;
          this.push('start');
          setTimeout(() => this.destroy(Object.assign(new Error('source broke'), { code: 'SOURCE' })), 50);
        }
      },
    });
  }
  return Buffer.alloc(s.body, 'x');
};

// The server tells when a request has arrived: what is to happen in flight happens then, however slow the machine.
const arrived = new EventEmitter().setMaxListeners(100);
const wire = connect(witness, '127.0.0.1').setEncoding('utf8');
wire.on('data', (text) => {
  for (const line of text.split('\n')) if (line.startsWith(`${process.pid} `)) arrived.emit(line.split(' ')[1]);
});
await once(wire, 'connect');

function signalOf(s) {
  if (s.abort === undefined && s.deadline === undefined && s.timer === undefined) return undefined;
  if (!s.inFlight && s.deadline !== undefined) return AbortSignal.timeout(s.deadline);
  const controller = new AbortController();
  const reasons = {
    error: new Error('user went away'),
    text: 'because',
    deadline: new DOMException('The operation was aborted due to timeout', 'TimeoutError'),
  };
  const abort = () => controller.abort(s.deadline === undefined ? reasons[s.abortReason] : reasons.deadline);
  // what a person or a newer call ends is ended in no timer of this call's own
  const leave = () => setImmediate(abort);
  if (s.timer !== undefined)
    s.later === undefined ? setTimeout(abort, s.timer) : setTimeout(() => setTimeout(abort, s.timer), s.later);
  else if (s.abort === 0) abort();
  else if (s.inFlight) arrived.once(new URL(s.url).searchParams.get('n'), () => setTimeout(leave, 150));
  else setTimeout(leave, s.abort);
  return controller.signal;
}

async function viaFetch(s) {
  const options = {
    headers: { ...s.headers, 'x-scenario': encodeURIComponent(s.name), 'x-run': String(process.pid) },
    signal: signalOf(s),
  };
  if (s.method) options.method = s.method;
  if (s.body !== undefined) {
    options.body = s.body === 'breaks' ? Readable.toWeb(bodyOf(s)) : bodyOf(s);
    if (s.body === 'breaks') options.duplex = 'half';
  }
  const response = await fetch(s.url, options);
  if (s.read === 'never') return { status: response.status };
  return { status: response.status, headers: [...response.headers], body: await response.text() };
}

async function viaUndici(s) {
  const connect = {};
  if (s.lookup) connect.lookup = LOOKUPS[s.lookup];
  if (s.timeout) connect.timeout = s.timeout;
  Object.assign(connect, s.tls);
  const settings = {
    connect,
    allowH2: s.http2 === true,
    ...(s.timeout && { headersTimeout: s.timeout, bodyTimeout: s.timeout, connectTimeout: s.timeout }),
  };
  const dispatcher = s.proxy
    ? new undici.ProxyAgent({ uri: s.proxy, ...settings, connect: undefined, requestTls: connect })
    : new undici.Agent(settings);
  try {
    const options = {
      dispatcher,
      signal: signalOf(s),
      method: s.method ?? 'GET',
      headers: { ...s.headers, 'x-scenario': encodeURIComponent(s.name), 'x-run': String(process.pid) },
    };
    if (client === 'undici.stream') return await viaStream(s, options);
    if (client === 'undici.pipeline') return await viaPipeline(s, options);
    const response = await undici.request(s.url, { ...options, body: bodyOf(s) });
    const { statusCode: status, headers } = response;
    if (s.read === 'never') {
      response.body.on('error', () => {});
      await new Promise((r) => setTimeout(r, 100));
      return { status };
    }
    return { status, headers, body: await response.body.text() };
  } finally {
    dispatcher.destroy().catch(() => {});
  }
}

async function viaStream(s, options) {
  let head;
  let body = '';
  await undici.stream(s.url, { ...options, body: bodyOf(s) }, ({ statusCode: status, headers }) => {
    head = { status, headers };
    return new Writable({
      write(chunk, _encoding, done) {
        body += chunk;
        done();
      },
    });
  });
  return { ...head, body };
}

async function viaPipeline(s, options) {
  let head;
  let body = '';
  const duplex = undici.pipeline(s.url, options, ({ statusCode: status, headers, body: incoming }) => {
    head = { status, headers };
    return incoming;
  });
  const given = bodyOf(s);
  if (given instanceof Readable) given.on('error', (error) => duplex.destroy(error)).pipe(duplex);
  else duplex.end(given);
  for await (const chunk of duplex) body += chunk;
  return { ...head, body };
}

async function viaHttp(s) {
  if (s.http2) return viaHttp2(s);
  const events = [];
  const url = new URL(s.url.startsWith('http://[::') ? 'http://x/' : s.url);
  const node = await import(url.protocol === 'https:' ? 'node:https' : 'node:http');
  const options = {
    method: s.method ?? 'GET',
    headers: { ...s.headers, 'x-scenario': encodeURIComponent(s.name), 'x-run': String(process.pid) },
    signal: signalOf(s),
    ...s.tls,
  };
  if (s.lookup) options.lookup = LOOKUPS[s.lookup];
  if (s.timeout) options.timeout = s.timeout;
  if (s.proxy) options.agent = new node.Agent({ proxyEnv: { HTTPS_PROXY: s.proxy } });
  if (s.pool === 'full') {
    options.agent = new node.Agent({ maxSockets: 1 });
    node
      .get(s.url.replace(/\?.*/, ''), { agent: options.agent, headers: { 'x-scenario': 'filler' } })
      .on('error', () => {});
    await new Promise((r) => setTimeout(r, 50));
  }
  const result = await new Promise((resolve, reject) => {
    const request = node.request(s.url, options);
    let response;
    const finish = () =>
      resolve({
        status: response?.statusCode,
        headers: response?.headers,
        body: text,
        complete: response?.complete,
        readable: response && Object.keys(response).sort(),
      });
    let text = '';
    request.on('timeout', () => {
      events.push('timeout');
      request.destroy();
    });
    request.on('error', (e) => {
      events.push('error');
      reject(e);
    });
    request.on('close', () => {
      events.push('close');
      if (!response || s.read !== 'never') setTimeout(finish, 20);
    });
    request.on('response', (r) => {
      events.push('response');
      response = r;
      r.on('error', (e) => {
        events.push('response error');
        reject(e);
      });
      if (s.read === 'never') {
        setTimeout(finish, 100);
        return;
      }
      r.setEncoding('utf8').on('data', (d) => {
        text += d;
      });
    });
    const body = bodyOf(s);
    if (body instanceof Readable) body.on('error', (e) => request.destroy(e)).pipe(request);
    else request.end(body);
    request.keys = Object.getOwnPropertySymbols(request).length;
  }).catch((error) => ({ error: show(error) }));
  options.agent?.destroy();
  return { ...result, events };
}

async function viaHttp2(s) {
  const http2 = await import('node:http2');
  const { origin, pathname, search } = new URL(s.url);
  const session = http2.connect(origin);
  session.on('error', () => {});
  try {
    return await new Promise((resolve, reject) => {
      const request = session.request(
        { ':path': pathname + search, 'x-scenario': encodeURIComponent(s.name), 'x-run': String(process.pid) },
        { signal: signalOf(s) },
      );
      let headers;
      let text = '';
      request.on('response', (h) => {
        headers = { ...h };
      });
      request.setEncoding('utf8').on('data', (d) => {
        text += d;
      });
      request.on('error', reject).on('close', () => resolve({ headers, body: text, rst: request.rstCode }));
      request.end();
    });
  } finally {
    session.destroy();
  }
}

const run = { fetch: viaFetch, undici: viaUndici, http: viaHttp }[client.split('.')[0]];
const version = process.versions.node.split('.').map(Number);
const queue = [...scenarios];
async function worker() {
  for (let s = queue.shift(); s; s = queue.shift()) {
    if (s.proxy && client === 'http' && version[0] < 24) continue;
    // node:http2 tells of client streams since 22.17
    if (s.http2 && client === 'http' && version[0] === 22 && version[1] < 17) continue;
    if (s.http2 && client === 'fetch' && version[0] < 26) continue;
    let saw;
    try {
      // some faults never reach the application at all
      saw = await Promise.race([
        run(s),
        new Promise((done) => setTimeout(done, s.pool ? 2500 : 30_000, { nothing: true })),
      ]);
    } catch (error) {
      saw = { error: show(error) };
    }
    process.stdout.write(`${JSON.stringify({ name: s.name, saw })}\n`);
  }
}
await Promise.all([worker(), worker(), worker()]);
// Long enough for the sweeper and for connections that outlive their callers.
await new Promise((done) => setTimeout(done, 1300));
process.exit(0);
