import { createGuard } from '../../instrumentation/base/guard.ts';
import { type Call, type CaptureOptions, startCapture } from '../../instrumentation/capture/index.ts';
import { type CallSink, judged, type Outcome } from '../../instrumentation/judge/index.ts';

export interface Ended {
  readonly call: Call;
  readonly url: string;
  readonly outcome: Outcome;
  readonly told: string;
  readonly timings: Call['timings'];
  readonly host: string;
  readonly status: number | undefined;
}

/** Captures this process’s calls into a list until disposed. */
export function captured(options: CaptureOptions = {}, sink: Partial<CallSink> = {}) {
  const ended: Ended[] = [];
  const faults: string[] = [];
  const guard = createGuard((where) => faults.push(where));
  const sinks: CallSink = {
    start: (call) => sink.start?.(call),
    noted: (call) => sink.noted?.(call),
    socketEnded: (call, handshake, code) => sink.socketEnded?.(call, handshake, code),
    end(call, outcome) {
      const { kind, layer, reason, sent } = outcome;
      ended.push({
        call,
        outcome,
        url: call.url(),
        told: [kind, layer, reason, sent].filter(Boolean).join(' '),
        timings: { ...call.timings },
        host: call.host,
        status: call.status,
      });
      sink.end?.(call, outcome);
    },
  };
  const capture = startCapture(judged(sinks, guard), { guard, ...options });
  return { ended, faults, capture, [Symbol.dispose]: () => capture.stop() };
}
