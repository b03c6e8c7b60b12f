import type { Socket } from 'node:net';
import { ConnectError, type ConnectOptions, openTcp, openTls } from './connect.ts';
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

function readHead(socket: Socket, options: ConnectOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    let head = '';
    const end = (work: () => void): void => {
      clearTimeout(timer);
      socket.off('data', data);
      socket.off('error', fail);
      socket.off('close', closed);
      work();
    };
    const fail = (error: unknown): void =>
      end(() => {
        socket.destroy();
        reject(new ConnectError('wait', error));
      });
    const closed = (): void => fail(Object.assign(new Error('the proxy hung up'), { code: 'ECONNRESET' }));
    const data = (chunk: Buffer): void => {
      head += chunk.toString('latin1');
      const stop = head.indexOf('\r\n\r\n');
      if (stop < 0) {
        if (head.length > HEAD_MAX) fail(new Error('the proxy’s answer has no end'));
        return;
      }
      socket.pause();
      end(() => {
        const rest = Buffer.from(head.slice(stop + 4), 'latin1');
        if (rest.length > 0) socket.unshift(rest);
        resolve(head.slice(0, stop));
      });
    };
    const timer = setTimeout(
      () => fail(Object.assign(new Error('no answer from the proxy'), { name: 'TimeoutError', code: 'ETIMEDOUT' })),
      options.timeoutMs,
    );
    socket.on('data', data);
    socket.once('error', fail);
    socket.once('close', closed);
  });
}
