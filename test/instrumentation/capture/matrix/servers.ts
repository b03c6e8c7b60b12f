import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, createSecureServer } from 'node:http2';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import tls from 'node:tls';
import { gzipSync } from 'node:zlib';
import { makeCertificate } from '../../../support/x509.ts';

export type Ports = Record<string, number>;
export interface Servers {
  readonly ports: Ports;
  /** PEM of the authority the children trust. */
  readonly ca: string;
  close(): Promise<void>;
}

const json = '{"error":{"code":"card_declined","message":"no"}}';
const answer = (status: string, body: string | Buffer, headers = '') =>
  Buffer.concat([
    Buffer.from(
      `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json\r\nx-request-id: req_1\r\n${headers}content-length: ${body.length}\r\n\r\n`,
    ),
    Buffer.from(body),
  ]);
const soon = (what: () => void) => setTimeout(what, 30);
const half = (socket: Socket, text: string, then: () => void) => {
  socket.write(text);
  soon(then);
};

/** What the plain server does for a path, once the request's head is there. */
const PATHS: Record<string, (socket: Socket, port: number) => void> = {
  ok: (s) => s.end(answer('200 OK', '{"ok":true}')),
  e401: (s) => s.end(answer('401 Unauthorized', json)),
  e404: (s) => s.end(answer('404 Not Found', json)),
  e422: (s) => s.end(answer('422 Unprocessable Content', json)),
  e429: (s) => s.end(answer('429 Too Many Requests', json, 'retry-after: 7\r\n')),
  e500: (s) => s.end(answer('500 Internal Server Error', json)),
  e503gzip: (s) => s.end(answer('503 Service Unavailable', gzipSync(json), 'content-encoding: gzip\r\n')),
  e503cut: (s) =>
    half(
      s,
      'HTTP/1.1 503 X\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{"error":{"code":"card_declined"}',
      () => s.end(),
    ),
  e501: (s) => s.end(answer('501 Not Implemented', json)),
  e529: (s) => s.end(answer('529 Overloaded', json)),
  early413: (s) => s.end(answer('413 Content Too Large', json)),
  fin: (s) => soon(() => s.end()),
  rst: (s) => soon(() => s.resetAndDestroy()),
  hang: () => {},
  headhang: (s) => s.write('HTTP/1.1 200 OK\r\ncontent-type: te'),
  headfin: (s) => half(s, 'HTTP/1.1 200 OK\r\ncontent-type: te', () => s.end()),
  garbage: (s) => s.end('SSH-2.0-OpenSSH_9.6\r\n\r\n'),
  // nginx
  wantstls: (s) =>
    s.end(
      answer(
        '400 Bad Request',
        '<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>',
      ),
    ),
  badversion: (s) => s.end('HTTP/9.9 200 OK\r\ncontent-length: 0\r\n\r\n'),
  overflow: (s) => s.end(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\ncontent-length: 0\r\n\r\n`),
  clandte: (s) => s.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'),
  cut: (s) => half(s, 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart', () => s.end()),
  cutchunked: (s) => half(s, 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\npart\r\n', () => s.end()),
  rstbody: (s) => half(s, 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart', () => s.resetAndDestroy()),
  stall: (s) => s.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart'),
  stall500: (s) => s.write(`HTTP/1.1 500 X\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n${json}`),
  badchunk: (s) =>
    half(s, 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\npart\r\n', () => s.write('ZZ\r\nx\r\n')),
  loop: (s, port) => s.end(answer('302 Found', '', `location: http://127.0.0.1:${port}/loop\r\n`)),
  to404: (s, port) => s.end(answer('302 Found', '', `location: http://127.0.0.1:${port}/e404\r\n`)),
  switch: (s) => s.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: odd\r\n\r\n'),
  hints: (s) =>
    s.end(Buffer.concat([Buffer.from('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'), answer('200 OK', '{}')])),
  big: (s) => s.end(answer('500 Internal Server Error', `{"error":{"code":"big_err"},"pad":"${'x'.repeat(1 << 20)}"}`)),
  upfin: (s) => soon(() => s.end()),
  uprst: (s) => soon(() => s.resetAndDestroy()),
};
/** These stop reading at the head, so that a large upload stands. */
const DEAF = new Set(['uprst', 'upstall', 'upfin']);

/** Answers a CONNECT. */
const PROXIES: Record<string, (socket: Socket) => void> = {
  p407: (s) =>
    s.end('HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n'),
  p502: (s) => s.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n'),
  prst: (s) => s.resetAndDestroy(),
};

export async function startServers(): Promise<Servers> {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const ports: Ports = {};
  const listen = async (name: string, server: Server) => {
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
    ports[name] = (server.address() as AddressInfo).port;
    return server;
  };
  // tells the children which of their requests has arrived, so that they abort then and not by the clock
  const witnesses = new Set<Socket>();
  await listen(
    'witness',
    createServer((socket) => {
      witnesses.add(socket.resume().on('close', () => witnesses.delete(socket)));
    }),
  );
  const onHead = (socket: Socket, then: (path: string) => void) => {
    let head = '';
    const read = (chunk: Buffer) => {
      head += chunk.toString('latin1');
      // not HTTP, e.g. a TLS hello
      if (!/^[A-Z]/.test(head)) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
      if (!head.includes('\r\n\r\n')) return;
      socket.off('data', read);
      const path = /^\S+ [^ ]*?\/(\w*)(?:\?\S*)? HTTP/.exec(head)?.[1] ?? '';
      if (DEAF.has(path)) socket.pause();
      else socket.on('data', () => {});
      then(path);
      const [run, number] = [/x-run: (\d+)/i.exec(head)?.[1], /[?]n=(\d+)/.exec(head)?.[1]];
      if (run !== undefined) for (const witness of witnesses) witness.write(`${run} ${number}\n`);
    };
    socket.on('data', read);
  };

  await listen(
    'plain',
    createServer((socket) => onHead(socket, (path) => PATHS[path]?.(socket, ports['plain']!))),
  );
  for (const [name, act] of Object.entries(PROXIES))
    await listen(
      name,
      createServer((s) => onHead(s, () => act(s))),
    );
  await listen(
    'tunnel',
    createServer((client) => {
      client.once('data', (head) => {
        const port = Number(/:(\d+) HTTP/.exec(head.toString())?.[1]);
        const upstream = connect(port, '127.0.0.1', () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
        upstream.on('error', () => {});
        client.pipe(upstream).pipe(client);
      });
    }),
  );
  await listen(
    'hellofin',
    createServer((s) => s.once('data', () => s.end())),
  );
  await listen(
    'hellorst',
    createServer((s) => s.once('data', () => s.resetAndDestroy())),
  );
  // RFC 8446 §6: a fatal alert, unexpected message
  await listen(
    'alert',
    createServer((s) => s.once('data', () => s.end(Buffer.from('15030100020246', 'hex')))),
  );
  await listen(
    'hellohang',
    createServer((s) => s.resume()),
  );

  const root = makeCertificate({ name: 'root', ca: true });
  const other = makeCertificate({ name: 'other root', ca: true });
  const names = ['localhost', '127.0.0.1'];
  const good = makeCertificate({ name: 'good', names, issuer: root });
  const secure = (name: string, options: tls.TlsOptions) =>
    listen(
      name,
      tls
        .createServer(options, (s) => {
          s.on('error', () => {});
          onHead(s, (path) => PATHS[path]?.(s, ports[name]!));
        })
        .on('tlsClientError', () => {}),
    );
  await secure('tls', good);
  await secure('expired', makeCertificate({ name: 'old', names, issuer: root, from: -86_400 * 9, until: -86_400 }));
  await secure('early', makeCertificate({ name: 'new', names, issuer: root, from: 86_400, until: 86_400 * 9 }));
  await secure('selfsigned', makeCertificate({ name: 'self', names }));
  await secure('unknownca', makeCertificate({ name: 'leaf', names, issuer: other }));
  await secure('altname', makeCertificate({ name: 'else', names: ['elsewhere.example'], issuer: root }));
  await secure('tls13', { ...good, minVersion: 'TLSv1.3' });
  await secure('clientcert', { ...good, requestCert: true, rejectUnauthorized: true, ca: [root.cert] });

  const h2 = createSecureServer(good);
  h2.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    const path = headers[':path']!.slice(1).replace(/\?.*/, '');
    if (path === 'reset') stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    else if (path === 'goaway') stream.session!.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    else if (path === 'hang') {
      for (const witness of witnesses)
        witness.write(`${headers['x-run']} ${/n=(\d+)/.exec(headers[':path'] ?? '')?.[1]}\n`);
    } else {
      stream.respond(
        {
          ':status': path === 'e500' ? 500 : 200,
          'content-type': 'application/json',
          'x-request-id': 'req_1',
        },
        { sendDate: false } as object,
      );
      if (path === 'resetbody') stream.write('part', () => soon(() => stream.destroy(new Error('broke'))));
      else stream.end(json);
    }
  });
  h2.on('sessionError', () => {});
  await listen('h2', h2 as unknown as Server);

  // The near end of an open connection: nobody listens there, and nobody else can be given the port.
  const occupier = connect(ports['hellohang']!, '127.0.0.1');
  sockets.add(occupier);
  await once(occupier, 'connect');
  ports['refused'] = occupier.localPort!;
  const hole = await blackHole(sockets);
  ports['blackhole'] = hole.port;

  return {
    ports,
    ca: root.cert,
    async close() {
      hole.close();
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((s) => new Promise((done) => s.close(done))));
    },
  };
}

/** A port whose queue is full: the kernel drops every further SYN (listen(2), tcp_abort_on_overflow off). */
async function blackHole(sockets: Set<Socket>): Promise<{ port: number; close(): void }> {
  const script =
    "const s=require('net').createServer().listen({port:0,host:'127.0.0.1',backlog:1},()=>console.log(s.address().port))";
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(line.toString());
  child.kill('SIGSTOP');
  for (let i = 0; i < 8; i++) {
    const filler = connect(port, '127.0.0.1').on('error', () => {});
    sockets.add(filler);
    await Promise.race([once(filler, 'connect'), new Promise((done) => setTimeout(done, 50))]);
  }
  return { port, close: () => child.kill('SIGKILL') };
}
