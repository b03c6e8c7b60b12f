import { createServer, type RequestListener } from 'node:http';
import { createServer as createTls } from 'node:https';
import { type AddressInfo, createServer as createTcp, type Server } from 'node:net';
import { authority } from '../certificates.ts';

/** What a process that fails sends to. */
export const COLLECTORS = ['ip', 'localhost', 'tls', 'silent', 'refusing'] as const;
export type Kind = (typeof COLLECTORS)[number];

export interface Collectors extends AsyncDisposable {
  readonly env: Readonly<Record<Kind, Readonly<Record<string, string>>>>;
  /** Whether a body that holds this text came, by whatever connection. */
  has(text: string): boolean;
  /** A provider that answers 503, and a port where nobody listens. */
  readonly faults: Readonly<Record<'503' | 'refused', string>>;
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));

/** One collector of each kind. They say that they are ours, as `collector/otlp/receiver.ts` does: else no adopted failure would come. */
export async function startCollectors(
  caFile: string,
  write: (file: string, text: string) => void,
): Promise<Collectors> {
  let bodies: string[] = [];
  const take: RequestListener = (req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      bodies = [...bodies.slice(-500), Buffer.concat(chunks).toString('latin1')];
      res.writeHead(200, { 'faultlayer-collector': '1', 'content-length': 0 }).end();
    });
  };
  using ca = authority();
  const { key, cert } = ca.leaf({ names: ['localhost'] });
  write(caFile, ca.root);
  const plain = createServer(take);
  const secure = createTls({ key, cert: cert + ca.intermediate.cert }, take);
  const silent = createTcp((socket) => void socket.on('error', () => {}).resume());
  const provider = createServer((_, res) =>
    res.writeHead(503, { 'content-type': 'application/json' }).end('{"error":{"code":"overloaded"}}'),
  );
  const closed = createTcp();
  const ports = await Promise.all([plain, secure, silent, provider, closed].map(listen));
  closed.close();
  const to = (url: string, more = {}) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url, ...more });
  const [plainPort, securePort, silentPort, providerPort, closedPort] = ports;
  return {
    env: {
      ip: to(`http://127.0.0.1:${plainPort}`),
      localhost: to(`http://localhost:${plainPort}`),
      tls: to(`https://localhost:${securePort}`, { OTEL_EXPORTER_OTLP_CERTIFICATE: caFile }),
      silent: to(`http://127.0.0.1:${silentPort}`),
      refusing: to(`http://127.0.0.1:${closedPort}`),
    },
    has: (text) => bodies.some((body) => body.includes(text)),
    faults: { '503': `http://127.0.0.1:${providerPort}`, refused: `http://127.0.0.1:${closedPort}` },
    async [Symbol.asyncDispose]() {
      for (const server of [plain, secure, provider]) server.closeAllConnections();
      for (const server of [plain, secure, silent, provider]) server.close();
    },
  };
}
