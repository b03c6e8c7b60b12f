import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeLines } from '../../support/node-lines.ts';
import type { DecodedSpan } from '../../support/otlp-decode.ts';
import { otlpSink } from '../../support/otlp-sink.ts';
import { fieldApp } from '../../support/packed.ts';
import { runNode } from '../../support/run-node.ts';

let cwd: string;
const open: Server[] = [];
beforeAll(() => {
  cwd = fieldApp('transport');
});
afterAll(() => {
  for (const server of open) server.close();
});

const listening = async (server: Server): Promise<number> => {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

/** Client spans of one application under the packed preload. */
async function spansOf(app: string, env: Record<string, string>, node = process.execPath): Promise<DecodedSpan[]> {
  const sink = await otlpSink();
  try {
    const ran = await runNode(['--require', 'faultlayer/register', `apps/${app}.mjs`], {
      cwd,
      node,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_BSP_SCHEDULE_DELAY: '100', ...env },
      deadlineMs: 60_000,
    });
    expect(ran.code, ran.stderr).toBe(0);
    return sink.spans;
  } finally {
    await sink.close();
  }
}

const attribute = (span: DecodedSpan | undefined, name: string): unknown => span?.attributes[name];
const lastOf = (span: DecodedSpan): string => new URL(String(attribute(span, 'url.full'))).pathname.split('/').at(-1)!;
const told = (span: DecodedSpan | undefined): unknown => {
  if (span === undefined) return 'no span';
  if (attribute(span, 'api.cancelled') === true) return 'cancelled';
  return attribute(span, 'api.pending') === true ? 'pending' : (attribute(span, 'api.failure.reason') ?? 'ok');
};

/** What a line of Node has in common with the others is shown by its own fetch and http, and by libraries. */
const LINES = nodeLines().map(({ name, node }) => [name, node] as const);

describe('a provider that never answers', () => {
  let url: string;
  beforeAll(async () => {
    const server = createHttp((req, res) => {
      if (req.url === '/fast') res.end('ok');
    });
    url = `http://127.0.0.1:${await listening(server)}`;
  });

  it.each(LINES)('%s: is a failure through every client’s own timeout', async (_, node) => {
    const spans = (await spansOf('deadlines', { URL: url }, node)).filter((span) => lastOf(span) !== 'first');
    expect(spans.length).toBe(23);
    const wrong = spans.filter((span) => told(span) !== 'http.response.timed_out');
    expect(wrong.map((span) => `${lastOf(span)}: ${told(span)}`)).toEqual([]);
    const deadlines = spans.filter((span) => attribute(span, 'api.deadline') === 0.6).map(lastOf);
    for (const name of [
      'openai',
      'anthropic',
      'stripe',
      'wretch',
      'ky',
      'superagent',
      'node-fetch-timer',
      'fetch-timer',
      'http-timer',
    ])
      expect(deadlines).toContain(name);
  });

  it.each(LINES)(
    '%s: is left by searches, newer calls, hedges, pages, intervals, races and clicks without one',
    async (_, node) => {
      const spans = await spansOf('cancels', { URL: url }, node);
      const cancelled = 'debounce newest-wins hedge unmount interval awaited-sleep race http-click'.split(' ');
      expect(
        Object.fromEntries(cancelled.map((name) => [name, told(spans.find((span) => lastOf(span) === name))])),
      ).toEqual(Object.fromEntries(cancelled.map((name) => [name, 'cancelled'])));
    },
  );
});

describe('writes that fail in a row', () => {
  const CLIENTS = 'fetch axios got ky needle node-fetch node-fetch2 ofetch superagent openai anthropic'.split(' ');
  const expected = Object.fromEntries([
    ...CLIENTS.flatMap((name) => [
      [`loop-${name}`, '0 0 0'],
      [`again-${name}`, '0 1 2'],
    ]),
    ...['got', 'ky', 'ofetch', 'superagent'].map((name) => [`own-${name}`, '0 1 2']),
  ]);

  it.each(LINES)('%s: are retries if they send the same, whichever client', async (line, node) => {
    const url = `http://127.0.0.1:${await listening(createHttp((req, res) => req.resume().on('end', () => res.writeHead(503).end())))}`;
    const spans = (await spansOf('attempts', { URL: url }, node)).toSorted((a, b) =>
      Number(a.startNanos - b.startNanos),
    );
    const found = Object.entries(Object.groupBy(spans, lastOf)).map(([name, list = []]) => {
      const counts = list.map((span) => attribute(span, 'http.request.resend_count') ?? 0);
      return [name, counts.join(' ')];
    });
    // Node 22's fetch tells nothing of the body of a `Request`, which is what ky hands it
    const isBlind = /v22\./.test(line);
    const known = isBlind ? { ...expected, 'again-ky': '0 0 0', 'own-ky': expect.any(String) } : expected;
    expect(Object.fromEntries(found)).toEqual(known);
  });
});

it.each(LINES)(
  '%s: what an installed undici refuses before and between its requests has a span, once',
  async (_, node) => {
    const server = createHttp((req, res) => {
      if (req.url === '/loop') res.writeHead(302, { location: '/loop' }).end();
      else setTimeout(() => res.end('ok'), req.url!.startsWith('/slow') ? 400 : 0);
    });
    const spans = await spansOf('undici', { URL: `http://127.0.0.1:${await listening(server)}` }, node);
    const found = Object.entries(Object.groupBy(spans, lastOf)).map(([name, list]) => [name, list!.map(told).join()]);
    expect(Object.fromEntries(found)).toEqual({
      'dns-request': 'dns.name_not_resolved',
      'dns-fetch': 'dns.name_not_resolved',
      argument: 'client.invalid_argument',
      closed: 'client.closed',
      loop: 'http.response.redirect_loop',
      refused: 'tcp.refused',
      first: 'ok',
      queued: 'client.timed_out',
      good: 'ok,ok',
    });
  },
);

/** Each process loads two dozen clients: on a busy machine more at once take minutes. */
async function fewAtOnce<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const next = async (): Promise<void> => {
    for (const item of rest) await run(item);
  };
  await Promise.all([next(), next()]);
}

describe('a proxy that fails', () => {
  const answers: Record<string, (socket: Socket) => void> = {
    'proxy.auth_required': (socket) =>
      void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 6\r\n\r\ndenied'),
    'proxy.refused': (socket) => void socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 6\r\n\r\ndenied'),
    'proxy.failed': (socket) => void socket.end(),
    'proxy.timed_out': () => {},
  };
  const TUNNELS = [
    'https-proxy-agent',
    'https-proxy-agent, axios',
    'axios proxy',
    'https-proxy-agent, node-fetch',
    'hpagent, got',
    'proxy-agent',
    'pac-proxy-agent',
    'tunnel',
    'request',
    'global-agent',
  ];
  const portOf = async (answer: ((socket: Socket) => void) | undefined): Promise<number> => {
    const sockets = new Set<Socket>();
    const server = createTcp((socket) => {
      sockets.add(socket.on('error', () => {}));
      socket.once('data', () => answer?.(socket));
    });
    const port = await listening(server);
    if (answer === undefined) await new Promise((done) => server.close(done));
    return port;
  };
  const through = async (agent: string, port: number, node?: string): Promise<string> => {
    const all = await spansOf('proxies', { AGENT: agent, PROXY: `http://127.0.0.1:${port}`, PORT: String(port) }, node);
    const spans = all.filter((span) => String(attribute(span, 'url.full')).includes('example.test'));
    return spans.map((span) => `${told(span)} ${attribute(span, 'api.failure.owner')}`).join(', ');
  };

  it.each([...Object.entries(answers), ['proxy.unreachable', undefined] as const])(
    '%s, of the network, through every agent',
    async (reason, answer) => {
      const port = await portOf(answer);
      const found: Record<string, string> = {};
      const agents = [...TUNNELS];
      if (reason === 'proxy.unreachable' || reason === 'proxy.auth_required') agents.push('http-proxy-agent');
      if (reason === 'proxy.unreachable') agents.push('socks-proxy-agent');
      await fewAtOnce(agents, async (agent) => {
        found[agent] = await through(agent, port);
      });
      // an agent that hears a hang-up without telling waits for its caller's deadline; request's own does not fire while it waits for a tunnel
      const also = reason === 'proxy.failed' ? 'proxy.timed_out network' : 'pending undefined';
      const wrong = agents.filter((name) => found[name] !== `${reason} network`);
      expect(wrong.filter((name) => found[name] !== also).map((name) => `${name}: ${found[name]}`)).toEqual([]);
      expect(wrong.length, wrong.join()).toBeLessThanOrEqual(
        reason === 'proxy.failed' ? 4 : reason === 'proxy.timed_out' ? 1 : 0,
      );
    },
  );

  // pairwise: every agent meets a fault on every line of Node, and every fault several agents
  const OTHERS = LINES.filter(([, node]) => node !== process.execPath);
  it.each(OTHERS.map(([name, node], shift) => [name, node, shift] as const))(
    '%s: tells it as well',
    async (_, node, shift) => {
      const faults = ['proxy.auth_required', 'proxy.refused', 'proxy.unreachable'] as const;
      const ports = await Promise.all(faults.map((reason) => portOf(answers[reason])));
      // these two speak no CONNECT, so that only some faults are theirs
      const other = { 'http-proxy-agent': shift % 2 === 0 ? 0 : 2, 'socks-proxy-agent': 2 };
      const pairs = [...TUNNELS.map((agent, i) => [agent, (i + shift) % 3] as const), ...Object.entries(other)];
      const found: Record<string, string> = {};
      await fewAtOnce(pairs, async ([agent, fault]) => {
        found[agent] = await through(agent, ports[fault]!, node);
      });
      expect(found).toEqual(Object.fromEntries(pairs.map(([agent, fault]) => [agent, `${faults[fault]} network`])));
    },
  );
});

describe.each(LINES)('what is the caller’s own, %s', (_, node) => {
  let spans: DecodedSpan[];
  const spanOf = (path: string): DecodedSpan | undefined =>
    spans.find((span) => new URL(String(attribute(span, 'url.full'))).pathname.endsWith(path));
  beforeAll(async () => {
    const seen = new Set<Socket>();
    const answer = (req: IncomingMessage, res: ServerResponse): void => {
      const [, kind, name] = req.url!.split('/');
      req.resume();
      if (kind === 'large') {
        res.write('x'.repeat(3000));
        setTimeout(() => res.end('x'.repeat(3000)), 50);
      } else if (kind === 'sink') req.on('end', () => res.end('ok'));
      else if (kind === 'old') res.writeHead(302, { location: `/new/${name}` }).end();
      else if (kind === 'moved')
        res.writeHead(302, { location: `http://localhost:${req.socket.localPort}/guarded/${name}` }).end();
      else if (kind === 'guarded') res.writeHead(req.headers.authorization === undefined ? 401 : 200).end();
      else if (kind === 'slow') setTimeout(() => res.end('ok'), 300);
      else if (kind === 'stale' && seen.has(req.socket)) req.socket.destroy();
      else if (kind === 'overflow')
        req.socket.end(`HTTP/1.1 200 OK\r\nset-cookie: ${'x'.repeat(20_000)}\r\ncontent-length: 2\r\n\r\nok`);
      else if (kind === 'cut') req.socket.end('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n0123456789');
      else res.end('ok');
      seen.add(req.socket);
    };
    const url = `http://127.0.0.1:${await listening(createHttp(answer))}`;
    spans = await spansOf('limits', { URL: url }, node);
  });

  it.each([
    ['/large/undici', 'client.limit_exceeded', 'UND_ERR_RES_EXCEEDED_MAX_SIZE'],
    ['/large/axios', 'client.limit_exceeded', 'ERR_BAD_RESPONSE'],
    ['/large/node-fetch', 'client.limit_exceeded', undefined],
    ['/large/axios-stream', 'client.limit_exceeded', 'ERR_BAD_RESPONSE'],
    ['/large/superagent', 'client.limit_exceeded', 'ETOOLARGE'],
    ['/large/dump', 'client.limit_exceeded', 'UND_ERR_ABORTED'],
    ['/large/reader', 'client.limit_exceeded', undefined],
    ['/sink/follow-bytes', 'client.limit_exceeded', 'ERR_FR_MAX_BODY_LENGTH_EXCEEDED'],
    ['/sink/follow-stream', 'client.limit_exceeded', 'ERR_FR_MAX_BODY_LENGTH_EXCEEDED'],
    ['/overflow/http', 'client.limit_exceeded', 'HPE_HEADER_OVERFLOW'],
    ['/overflow/fetch', 'client.limit_exceeded', 'UND_ERR_HEADERS_OVERFLOW'],
    ['/pfx/https', 'client.local_error', undefined],
    ['/address/http', 'client.local_error', 'EADDRNOTAVAIL'],
    ['/sink/source', 'client.body_failed', 'EIO'],
    ['/sink/length', 'client.invalid_argument', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH'],
  ])('%s is %s', (path, reason, error) => {
    const span = spanOf(path);
    expect({ told: told(span), owner: attribute(span, 'api.failure.owner') }).toEqual({
      told: reason,
      owner: 'caller',
    });
    expect(attribute(span, 'api.retry.advice')).toBe('fix_request');
    if (error !== undefined) expect(attribute(span, 'api.failure.error')).toBe(error);
    if (attribute(span, 'api.failure.stage') === 'before_send') expect(attribute(span, 'api.request.sent')).toBe('no');
  });

  it('is no limit where the reader has enough', () => {
    expect(told(spanOf('/large/enough'))).toBe('cancelled');
  });

  it('tells how much of a body came', () => {
    expect(attribute(spanOf('/cut/fetch'), 'api.failure.detail')).toMatch(/10 of 1000 bytes received$/);
  });

  it.each(['axios', 'node-fetch', 'got', 'follow-redirects', 'fetch'])('links the hop that %s follows', (name) => {
    const hop = spanOf(`/new/${name}`);
    expect(attribute(hop, 'http.request.resend_count')).toBe(1);
    expect(hop?.links.map((link) => link.spanId)).toEqual([spanOf(`/old/${name}`)?.spanId]);
  });

  it.each(['axios', 'node-fetch', 'got', 'follow-redirects', 'fetch'])(
    'names the redirect that dropped the credential, %s',
    (name) => {
      const span = spanOf(`/guarded/${name}`);
      expect(attribute(span, 'http.response.status_code')).toBe(401);
      expect(attribute(span, 'api.auth.scheme')).toBe('none');
      expect(attribute(span, 'api.auth.dropped_by')).toBe('127.0.0.1');
    },
  );

  it.each(['http', 'undici'])('keeps the path of a unix socket, %s', (client) => {
    const span = spanOf(`/unix/${client}`);
    expect(attribute(span, 'network.transport')).toBe('unix');
    expect(attribute(span, 'network.peer.address')).toBe('/tmp/faultlayer-none.sock');
  });

  it.each(['http', 'undici'])('knows a connection given up while idle, %s', (client) => {
    const span = spanOf(`/stale/${client}`);
    expect(told(span)).toBe('http.connection.stale');
    expect(attribute(span, 'api.failure.owner')).toBe('network');
    expect(attribute(span, 'api.retry.advice')).toBe('retry');
    expect(attribute(span, 'api.connection.reused')).toBe(true);
    expect(attribute(span, 'api.connection.idle')).toBeGreaterThan(0.3);
    expect(attribute(span, 'api.connection.calls')).toBe(1);
  });

  it.each(['queued', 'undici-queued'])('tells the wait in the own queue from the provider’s, %s', (name) => {
    expect(attribute(spanOf(`/slow/${name}`), 'api.timing.queue')).toBeGreaterThan(0.2);
    expect(attribute(spanOf(`/slow/${name}`), 'api.timing.wait')).toBeLessThan(0.6);
  });
});
