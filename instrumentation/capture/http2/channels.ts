import type { ClientHttp2Stream } from 'node:http2';
import { Memory } from '../../../src/memo.ts';
import { beside } from '../../base/side-map.ts';
import { HeaderList } from '../header-list.ts';
import { grpcLeft } from '../libraries/grpc.ts';
import { watchPush } from '../push.ts';
import type { Tracker } from '../tracker.ts';
import { type Headers, Http2Call } from './call.ts';
import { type Ended, endOf, sessionOf } from './session.ts';

const notes = Memory.part(() => beside<ClientHttp2Stream, Http2Call>());

/** node:http2 used directly; Node 22.15 has no such channels. */
export function watchHttp2(tracker: Tracker): void {
  const calls = notes();
  const onTrailers = tracker.guard('http2.trailers', function (this: ClientHttp2Stream, trailers: Headers) {
    const call = calls.get(this);
    if (call) call.trailers = HeaderList.of(trailers);
  });
  const handlers: Record<string, (message: never) => void> = {
    'http2.client.stream.created': ({ stream, headers }: { stream: ClientHttp2Stream; headers: Headers }) => {
      if (sessionOf(stream.session)?.undici || Array.isArray(headers) || headers[':method'] === 'CONNECT') return;
      const call = new Http2Call(stream, headers);
      if (call.isGrpc) grpcLeft(call.path);
      if (!tracker.begin(call)) return;
      calls.set(stream, call);
      // no channel tells of trailers, and a listener to them changes nothing of the stream's state
      stream.prependListener('trailers', onTrailers);
    },
    'http2.client.stream.bodySent': ({ stream }: { stream: ClientHttp2Stream }) => {
      calls.get(stream)?.onBodySent();
    },
    'http2.client.stream.finish': ({ stream, headers }: { stream: ClientHttp2Stream; headers: Headers }) => {
      const call = calls.get(stream);
      if (!call || call.ended || call.status !== undefined) return;
      call.onResponse(headers);
      if (tracker.watches(call)) watchPush(tracker, call, stream, () => false);
    },
    'http2.client.stream.error': ({ stream, error }: { stream: ClientHttp2Stream; error: unknown }) => {
      const call = calls.get(stream);
      if (!call || call.ended) return;
      call.attach();
      tracker.end(call, { error, broken: true });
    },
    'http2.client.stream.close': ({ stream }: { stream: ClientHttp2Stream }) => {
      const call = calls.get(stream);
      if (!call || call.ended) return;
      const { rstCode } = stream;
      if (rstCode === 0 && call.status !== undefined) tracker.end(call);
      // An error of this stream is told later in the same turn of its destruction.
      else {
        const ended = endOf(rstCode, call.session);
        setImmediate(tracker.guard('http2.closed', () => closed(tracker, call, ended))).unref();
      }
    },
  };
  if (tracker.requestBodies) handlers['http2.client.stream.bodyChunkSent'] = onChunk;
  tracker.subscribe(handlers);
}

interface Sent {
  readonly stream: ClientHttp2Stream;
  /** One chunk, or a list of them with their encodings. */
  readonly data: unknown;
  readonly writev: boolean;
  readonly encoding: unknown;
}

function onChunk({ stream, writev, data, encoding }: Sent): void {
  const call = notes().get(stream);
  const pieces = writev ? (data as { chunk: unknown; encoding: unknown }[]) : [{ chunk: data, encoding }];
  if (call && !call.ended) for (const piece of pieces) call.addSent(piece.chunk, piece.encoding);
}

function closed(tracker: Tracker, call: Http2Call, ended: Ended): void {
  if (call.ended) return;
  call.attach();
  tracker.end(call, { broken: true, ...ended });
}
