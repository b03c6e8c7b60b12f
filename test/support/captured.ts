import type { Call, CallSink, CaptureOptions, Outcome } from '../../instrumentation/capture/index.ts';
import { startCapture } from '../../instrumentation/capture/index.ts';

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
  const capture = startCapture(
    {
      start: (call) => sink.start?.(call),
      noted: (call) => sink.noted?.(call),
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
    },
    { onFault: (where) => faults.push(where), ...options },
  );
  return { ended, faults, capture, [Symbol.dispose]: () => capture.stop() };
}
