import {
  createServer as createHttp2Server,
  createSecureServer,
  type Http2Server,
  type ServerHttp2Session,
} from 'node:http2';
import type { Server, Socket } from 'node:net';
import { type Connections, httpServer, type Pem } from '../base/connections.ts';
import type { CollectorContext } from '../base/context.ts';
import { LIMITS } from '../limits.ts';
import { receiveGrpc } from './grpc.ts';
import { receiveHttp } from './http.ts';
import type { Receiver } from './receiver.ts';

/** Who is at the other end of a connection, and at which port of ours. */
interface Peer {
  readonly remoteAddress?: string | undefined;
  readonly localPort?: number | undefined;
}

const GRPC_HINT =
  'OTLP/gRPC has a port of its own (FAULTLAYER_OTLP_GRPC_PORT, 4317), or set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf';
const HTTP_HINT = 'OTLP/HTTP has a port of its own (FAULTLAYER_OTLP_PORT, 4318)';

/** The server of OTLP/HTTP. */
export function otlpHttpServer(receiver: Receiver, connections: Connections, pem: Pem | undefined): Server {
  const server = httpServer(connections, pem, (req, res) => receiveHttp(receiver, req, res));
  server.on('clientError', (error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket: Socket) => {
    const spoken = spokenIn(error.rawPacket);
    if (spoken) wrongProtocol(receiver.ctx, socket, spoken, spoken === 'HTTP/2' ? GRPC_HINT : 'this port has no TLS');
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    else socket.destroy();
  });
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ERR_SSL_HTTP_REQUEST')
      wrongProtocol(receiver.ctx, socket, 'HTTP without TLS', 'this port speaks HTTPS');
  });
  return server;
}

/** The server of OTLP/gRPC. */
export function otlpGrpcServer(receiver: Receiver, connections: Connections, pem: Pem | undefined): Server {
  const options = {
    settings: { maxConcurrentStreams: LIMITS.streams, initialWindowSize: LIMITS.sessionWindowBytes },
    maxSessionMemory: 32,
  };
  const server: Http2Server = pem
    ? (createSecureServer({ ...options, ...pem, handshakeTimeout: LIMITS.headersTimeoutMs }) as Http2Server)
    : createHttp2Server(options);
  server.on('connection', (socket: Socket) => {
    socket.setKeepAlive(true, LIMITS.keepAliveTimeoutMs);
    connections.add(socket);
  });
  // With where each came from: a session that has failed has no socket any more.
  const sessions = new Map<ServerHttp2Session, Peer>();
  server.on('session', (session: ServerHttp2Session) => {
    const { remoteAddress, localPort } = session.socket;
    sessions.set(session, { remoteAddress, localPort });
    session.setLocalWindowSize(LIMITS.sessionWindowBytes);
    session.once('close', () => sessions.delete(session));
  });
  // As a server of HTTP/1 has them: what is in progress is finished, or not.
  Object.assign(server, {
    closeIdleConnections: () => sessions.forEach((_, session) => void session.close()),
    closeAllConnections: () => sessions.forEach((_, session) => void session.destroy()),
  });
  server.on('stream', (stream, headers) => {
    if (stream.session) stream.once('close', connections.begin(stream.session.socket as Socket));
    receiveGrpc(receiver, stream, headers);
  });
  server.on('sessionError', (error: Error, session: ServerHttp2Session) => {
    const peer = sessions.get(session);
    if (peer && /client magic/.test(error.message)) wrongProtocol(receiver.ctx, peer, 'no HTTP/2', HTTP_HINT);
  });
  server.on('unknownProtocol', (socket: Socket) => {
    wrongProtocol(receiver.ctx, socket, 'no HTTP/2', HTTP_HINT);
    socket.destroy();
  });
  return server;
}

/** Names a sender that speaks another protocol than the port's, once. */
function wrongProtocol(
  { self, log }: CollectorContext,
  { remoteAddress, localPort }: Peer,
  spoken: string,
  hint: string,
): void {
  self.wrongProtocol.inc(1, spoken);
  const what = `${remoteAddress} speaks ${spoken} to port ${localPort}`;
  log.warnOnce(what, `${what}: ${hint}`);
}

/** What the first bytes of a connection are, where they are no HTTP/1: HTTP/2's preface, or a TLS handshake. */
function spokenIn(bytes: Buffer | undefined): 'HTTP/2' | 'TLS' | undefined {
  if (bytes?.subarray(0, 4).equals(Buffer.from('PRI '))) return 'HTTP/2';
  return bytes?.[0] === 0x16 && bytes[1] === 3 ? 'TLS' : undefined;
}
