import { watchHttp } from './http/channels.ts';
import { watchRefused } from './http/refused.ts';
import { watchHttp2 } from './http2/channels.ts';
import { grpcLibrary } from './libraries/grpc.ts';
import { watchLoaded } from './libraries/loaded.ts';
import { watchConnections } from './sockets.ts';
import { Sweeper } from './sweep.ts';
import { Tracker } from './tracker.ts';
import type { Capture, CaptureOptions, CaptureSink } from './types.ts';
import { watchUndici } from './undici/channels.ts';
import { onClosed, onNewConnection } from './undici/connecting.ts';
import { watchFetch } from './undici/fetch.ts';
import { watchWebSockets } from './websocket.ts';

export * from './types.ts';

/** Watches every outbound call of this process until stopped. Loads no undici. */
export function startCapture(sink: CaptureSink, options: CaptureOptions = {}): Capture {
  const tracker = new Tracker(sink, options);
  watchUndici(tracker);
  const undici = watchFetch(tracker);
  const http = watchHttp(tracker);
  watchRefused(tracker);
  watchHttp2(tracker);
  watchLoaded(tracker, [undici, grpcLibrary(tracker), watchWebSockets(tracker)]);
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
    sweep: tracker.guard('sweep', () => sweeper.sweep()),
    settle: () => tracker.settling.all(),
    drain: tracker.guard('drain', () => sweeper.conclude(0)),
    conclude: tracker.guard('conclude', () => {
      sweeper.conclude(400);
      for (const call of tracker.open) {
        if (call.toldPending) continue;
        call.toldPending = true;
        sink.pending?.(call);
      }
    }),
    eachOpen: (visit) => tracker.open.forEach(visit),
    stop: () => tracker.stop(),
    get open() {
      return tracker.open.size;
    },
  };
}
