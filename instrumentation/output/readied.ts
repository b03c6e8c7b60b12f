import type { CallSink } from '../judge/types.ts';
import type { Output } from './output.ts';

/** Has the connection for a call's failure made when the call starts: a process may not live long enough to make it afterwards. */
export const readied = (sink: CallSink, output: Pick<Output, 'open'>): CallSink => ({
  ...sink,
  start(call) {
    const wanted = sink.start(call);
    if (wanted !== false) output.open();
    return wanted;
  },
});
