import { watchHttp } from './http/channels.ts';
import { watchRefused } from './http/refused.ts';
import { watchHttp2 } from './http2/channels.ts';
import { grpcLibrary } from './libraries/grpc.ts';
import { watchLoaded } from './libraries/loaded.ts';
import { watchConnections } from './sockets.ts';
import { Sweeper } from './sweep.ts';
import { Tracker } from './tracker.ts';
import type { Call, CaptureOptions, CaptureSink } from './types.ts';
import { watchUndici } from './undici/channels.ts';
import { onClosed, onNewConnection } from './undici/connecting.ts';
import { watchFetch } from './undici/fetch.ts';
import { watchWebSockets } from './websocket.ts';

export * from './types.ts';

export type Capture = ReturnType<typeof startCapture>;

/** Watches every outbound call of this process until stopped. Loads no undici. */
export function startCapture(sink: CaptureSink, options: CaptureOptions = {}) {
  const tracker = new Tracker(sink, options);
  watchUndici(tracker);
  const undici = watchFetch(tracker);
  const http = watchHttp(tracker);
  watchRefused(tracker);
  watchHttp2(tracker);
  watchLoaded(tracker, [
    undici,
    http.library,
    grpcLibrary(tracker),
    watchWebSockets(tracker),
    ...(options.libraries ?? []),
  ]);
  watchConnections(tracker, {
    ...http,
    onNew: onNewConnection,
    onClose: (connection) => {
      http.onClose(connection);
      onClosed(connection);
    },
  });
  const sweeper = new Sweeper(tracker);
  return {
    /** Ends calls whose end no event tells (responses nobody reads, calls cancelled while connecting). Runs by itself once a second. */
    sweep: tracker.guard('sweep', (at?: number) => sweeper.sweep(at)),
    /** Tells of every call that has ended. */
    settle: () => tracker.endedCalls.all(),
    /** Ends every open call whose answer has arrived, and tells of all; for the moment before the process exits. */
    drain: tracker.guard('drain', () => sweeper.conclude(0)),
    /** As `drain`, but of the open calls only those that failed are ended; all others are told as pending. For an end that does not wait. */
    conclude: tracker.guard('conclude', () => {
      sweeper.conclude(400);
      for (const call of tracker.open) {
        if (call.toldPending) continue;
        call.toldPending = true;
        sink.pending?.(call);
      }
    }),
    /** Visits every call that has not ended. */
    eachOpen: (visit: (call: Call) => void) => tracker.open.forEach(visit),
    stop: () => tracker.stop(),
    /** Calls started and not ended. */
    get open(): number {
      return tracker.open.size;
    },
  };
}
