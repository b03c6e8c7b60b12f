import { on } from 'node:events';
import type { Socket } from 'node:net';
import { ConnectError, type ConnectOptions, openTcp, openTls, timeout } from './open.ts';
import { resolveHost } from './resolve.ts';

/** The proxy answered CONNECT with something else than 2xx; the code is the one Node’s own agents raise. */
export class ProxyAnswer extends Error {
  readonly code = 'ERR_PROXY_TUNNEL';
  readonly statusCode: number;
  /** Header block of the answer, without credentials of ours. */
  readonly head: string;
  constructor(statusCode: number, head: string) {
    super(`the proxy answered CONNECT with ${statusCode}`);
    this.statusCode = statusCode;
    this.head = head;
  }
}

const HEAD_MAX = 16_384;

/** A tunnel to `host:port` through an HTTP proxy (RFC 9110 §9.3.6). Credentials in the proxy’s URL go to the proxy only. */
export async function openTunnel(proxy: URL, target: URL, options: ConnectOptions): Promise<Socket> {
  const addresses = await resolveHost(proxy.hostname, undefined, options.timeoutMs).catch((error: unknown) => {
    throw new ConnectError('dns', error);
  });
  const port = Number(proxy.port || (proxy.protocol === 'https:' ? 443 : 80));
  let socket = await openTcp(addresses[0]!.address, port, options);
  if (proxy.protocol === 'https:') socket = await openTls(socket, proxy.hostname, { ...options, tls: {} });
  const authority = `${target.hostname}:${target.port || (target.protocol === 'https:' ? 443 : 80)}`;
  const credentials = proxy.username
    ? `Proxy-Authorization: Basic ${Buffer.from(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`).toString('base64')}\r\n`
    : '';
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credentials}\r\n`);
  const head = await readHead(socket, options);
  const status = Number(/^HTTP\/1\.\d (\d{3})/.exec(head)?.[1] ?? 0);
  if (status >= 200 && status < 300) return socket;
  socket.destroy();
  if (status === 0) throw new ConnectError('wait', new Error('what came back from the proxy is not HTTP'));
  throw new ConnectError('wait', new ProxyAnswer(status, head));
}

async function readHead(socket: Socket, { signal, timeoutMs }: ConnectOptions): Promise<string> {
  const late = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  let head = '';
  try {
    for await (const [chunk] of on(socket, 'data', { signal: late, close: ['end', 'close'] }) as AsyncIterable<
      [Buffer]
    >) {
      head += chunk.toString('latin1');
      const stop = head.indexOf('\r\n\r\n');
      if (stop >= 0) {
        socket.pause();
        if (head.length > stop + 4) socket.unshift(Buffer.from(head.slice(stop + 4), 'latin1'));
        return head.slice(0, stop);
      }
      if (head.length > HEAD_MAX) throw new Error('the proxy’s answer has no end');
    }
    throw Object.assign(new Error('the proxy hung up'), { code: 'ECONNRESET' });
  } catch (error) {
    socket.destroy();
    throw new ConnectError('wait', late.aborted ? timeout(timeoutMs, 'no answer from the proxy') : error);
  }
}
