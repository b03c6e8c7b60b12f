import { once } from 'node:events';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, createServer as createTcp, type Server, type Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';

export interface Listening extends AsyncDisposable {
  readonly port: number;
}

/** Binds a server to a free port of loopback; disposing ends its connections too. */
export async function listening(server: Server): Promise<Listening> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Two servers, as a test of HTTP/1 and HTTP/2 has them: each one's host and port, and how both end. */
export async function pairOf(first: Server, second: Server) {
  const both = await Promise.all([listening(first), listening(second)]);
  const [one, two] = both.map(({ port }) => `127.0.0.1:${port}`) as [string, string];
  return { one, two, close: () => Promise.all(both.map((server) => server[Symbol.asyncDispose]())) };
}

export const httpServer = (handle: RequestListener): Promise<Listening> => listening(createHttp(handle));
export const httpsServer = (options: TlsOptions, handle: RequestListener): Promise<Listening> =>
  listening(createHttps(options, handle));
export const tcpServer = (handle: (socket: Socket) => void): Promise<Listening> => listening(createTcp(handle));

/** An HTTP proxy that answers CONNECT with `status`; 200 opens the tunnel. `seen` holds what it was asked for. */
export async function connectProxy(status: number): Promise<Listening & { readonly seen: string[] }> {
  const seen: string[] = [];
  const server = createHttp((_, res) => res.writeHead(400).end());
  server.on('connect', (req, client: Socket) => {
    seen.push(req.url!);
    client.on('error', () => {});
    if (status !== 200) {
      client.end(`HTTP/1.1 ${status} No\r\nProxy-Authenticate: Basic realm="p"\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const port = Number(/:(\d+)$/.exec(req.url!)![1]);
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  return { ...(await listening(server)), seen };
}
