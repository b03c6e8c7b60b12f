import { AsyncLocalStorage } from 'node:async_hooks';
import type { Phase } from '../../../src/contract/index.ts';
import { Memory } from '../../../src/memo.ts';
import { now } from '../../base/now.ts';
import { type Library, replace } from '../patch.ts';
import { refused } from '../refused.ts';
import type { Tracker } from '../tracker.ts';

type Status = { readonly code: number; readonly details?: string };
type GrpcCall = { start(metadata: unknown, listener: { onReceiveStatus?(status: Status): unknown }): unknown };
type Channel = { getTarget?(): string };

/** A call of grpc-js for which no HTTP/2 stream was made yet. */
type Waiting = { readonly method: string; readonly startMs: number; isSeen: boolean };
const open = Memory.part(() => new Set<Waiting>());
/** More at once are not told of. */
const LIMIT = 10_000;

/** A stream was made: one call of this method has left. */
export function grpcLeft(path: string | undefined): void {
  const waiting = open();
  for (const call of waiting) {
    if (call.method !== path) continue;
    call.isSeen = true;
    waiting.delete(call);
    return;
  }
}

/** Without the channels of HTTP/2 no call is ever seen to leave (Node before 22.17). */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const TELLS_STREAMS = major > 22 || minor >= 17;

const [OK, CANCELLED, DEADLINE_EXCEEDED] = [0, 1, 4];
/** `connect ECONNREFUSED 127.0.0.1:1`, `getaddrinfo ENOTFOUND x`, `DEPTH_ZERO_SELF_SIGNED_CERT`; else a name that has no address. */
const CODE = /\b(E[A-Z]{4,}|ERR_[A-Z_]+|[A-Z]+(?:_[A-Z]+)*_CERT(?:_[A-Z]+)*|UNABLE_TO_[A-Z_]+|CERT_[A-Z_]+)\b/;
const NO_NAME = /name resolution failed/i;

class ChannelError extends Error {
  readonly code: string | undefined;
  constructor({ details = '' }: Status) {
    super(details);
    this.code = CODE.exec(details)?.[1] ?? (NO_NAME.test(details) ? 'ENOTFOUND' : undefined);
  }
}

/** `dns:///api.example.com:443`, `ipv4:127.0.0.1:50051`, `unix:/tmp/x`. */
function urlOf(target: string | undefined, method: string): string {
  const place = (target ?? '').replace(/^[a-z][a-z\d+.-]*:(?:\/\/[^/]*\/)?(?=.*:\d)/i, '').replace(/^\/+/, '');
  return `http://${place}${method}`;
}

/**
 * `@grpc/grpc-js`: a channel that cannot connect makes no stream and raises on no socket of ours, so its calls are seen where they begin. All that a
 * method of the library returns stays as it is; of the call its `start`, and of the listener it is given `onReceiveStatus`, look at what passes.
 */
export function grpcLibrary(tracker: Tracker): Library {
  const waiting = open();
  const ended = tracker.guard('grpc.status', (channel: Channel, call: Waiting, status: Status) => {
    waiting.delete(call);
    if (call.isSeen || status.code === OK) return;
    const phase: Phase = 'tcp';
    refused(tracker, 'http2', 'POST', urlOf(channel.getTarget?.(), call.method), new ChannelError(status), undefined, {
      startMs: call.startMs,
      phase,
      headers: { 'content-type': 'application/grpc' },
      timedOut: status.code === DEADLINE_EXCEEDED,
      cancelled: status.code === CANCELLED,
    });
  });
  const begun = tracker.guard('grpc.call', (channel: Channel, method: string, call: GrpcCall) => {
    if (waiting.size >= LIMIT || typeof call?.start !== 'function') return;
    const { start } = call;
    call.start = function (metadata, listener) {
      const one: Waiting = { method, startMs: now(), isSeen: false };
      const inContext = AsyncLocalStorage.snapshot();
      waiting.add(one);
      const { onReceiveStatus } = listener;
      if (typeof onReceiveStatus === 'function') {
        listener.onReceiveStatus = function (status) {
          inContext(ended, channel, one, status);
          return onReceiveStatus.call(this, status);
        };
      }
      return start.call(this, metadata, listener);
    };
  });
  return {
    request: /@grpc[\\/]grpc-js(?:$|[\\/]build[\\/]src[\\/](?:index|channel)\.js$)/,
    holder({ Channel, ChannelImplementation }) {
      const prototype = (Channel ?? ChannelImplementation)?.prototype;
      return TELLS_STREAMS && typeof prototype?.createCall === 'function' ? prototype : undefined;
    },
    patch(prototype) {
      const own = replace(
        prototype,
        'createCall',
        (createCall) =>
          function (this: Channel, method: string, ...more) {
            const call = createCall.call(this, method, ...more) as GrpcCall;
            begun(this, method, call);
            return call;
          },
      );
      tracker.onStop(own);
    },
  };
}
