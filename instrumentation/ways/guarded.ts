import type { Guard } from '../base/guard.ts';
import type { CallSink } from '../judge/types.ts';

/** A sink whose faults stop here. Switched off, it declines every call, so that the capture keeps no state for it either. */
export function guardedSink(sink: CallSink, guard: Guard): CallSink {
  const { opening, opened, noted, pending, socketEnded } = sink;
  return {
    ...(opening && { opening: () => guard.run('span start', opening, undefined) }),
    ...(opened && { opened: () => guard.run('span start', opened, undefined) }),
    start: (call) => !guard.isOff('span end') && guard.run('span start', () => sink.start(call), false),
    ...(noted && { noted: (call) => guard.run('span end', () => noted(call), undefined) }),
    ...(pending && { pending: (call) => guard.run('pending', () => pending(call), undefined) }),
    ...(socketEnded && {
      socketEnded: (call, handshake, code) =>
        guard.run('socket end', () => socketEnded(call, handshake, code), undefined),
    }),
    end: (call, outcome) => guard.run('span end', () => sink.end(call, outcome), undefined),
  };
}
