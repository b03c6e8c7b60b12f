import { isTelemetry } from '../../src/attempts/index.ts';
import type { Config } from '../../src/config.ts';
import type { Guard } from '../base/guard.ts';
import type { Log } from '../base/log.ts';
import type { Library } from '../capture/patch.ts';
import type { Call } from '../capture/types.ts';
import type { CallSink } from '../judge/types.ts';
import { PEERS, type RunningSdk, startSdk } from '../sdk/start.ts';
import { registeredProvider } from '../span/context.ts';
import { createAdoptedSpans } from './adopted.ts';
import { createAutoSpans } from './auto.ts';
import { createOwnSpans, type OwnSpanParts } from './own.ts';
import { createThroughSpans } from './via-provider.ts';

export interface Spans {
  readonly sink: CallSink;
  /** Lets go of what is held back for attributes that have not come. */
  drain?(): void;
  /** What is to be looked out for as it is loaded. */
  readonly libraries?: readonly Library[];
  /** Ends what was started beside the sink. */
  stop?(): Promise<void>;
  /** Where spans wait in an SDK of their own rather than in the output: how many, and the way to send them. */
  readonly held?: { readonly pending: number; flush(): Promise<void> };
}
export interface ChooseParts extends OwnSpanParts {
  readonly log: Log;
  /** Is a call to be left alone? */
  readonly ignores: (call: Call) => boolean;
}

/** Who makes the spans of this process: one way per value of `FAULTLAYER_SPANS`. None but `sdk` registers anything with the OpenTelemetry API. */
const WAYS: Readonly<Record<Config['spans'], (parts: ChooseParts) => Spans>> = {
  own: (parts) => ({ sink: createOwnSpans(parts) }),
  adopted: (parts) => {
    const adopted = createAdoptedSpans(parts);
    return { sink: adopted, drain: adopted.drain, libraries: adopted.libraries };
  },
  auto: (parts) => {
    const adopted = createAdoptedSpans(parts);
    const sink = createAutoSpans(createOwnSpans(parts), adopted, createThroughSpans(parts));
    return { sink, drain: adopted.drain, libraries: adopted.libraries };
  },
  sdk: (parts) => {
    const auto = WAYS.auto(parts);
    if (registeredProvider() !== undefined) return auto;
    const sdk = startSdk();
    if (sdk) return heldBy(sdk, auto);
    const line = `FAULTLAYER_SPANS=sdk needs packages that are not installed: npm install ${PEERS.join(' ')}`;
    parts.log.warnOnce('sdk', line);
    return auto;
  },
};

/** Spans wait in the SDK's processors, which tell nobody how many: after a call there may be some. */
function heldBy(sdk: RunningSdk, { sink, ...more }: Spans): Spans {
  let pending = 1;
  const held = {
    get pending() {
      return pending;
    },
    async flush() {
      pending = 0;
      await sdk.flush();
    },
  };
  const end: CallSink['end'] = (call, outcome) => {
    pending = 1;
    sink.end(call, outcome);
  };
  return { ...more, sink: { ...sink, end }, stop: sdk.stop, held };
}

/** A sink whose faults stop here. Switched off, it declines every call, so that the capture keeps no state for it either. */
export function guardedSink(sink: CallSink, guard: Guard, ignores: (call: Call) => boolean = () => false): CallSink {
  const { opening, opened, noted, waits, pending, socketEnded } = sink;
  const begin = guard.handler('span start', (call: Call) => !ignores(call) && sink.start(call), false);
  return {
    ...(opening && { opening: guard.handler('span start', opening) }),
    ...(opened && { opened: guard.handler('span start', opened) }),
    start: (call) => !guard.isOff('span end') && begin(call),
    ...(waits && { waits: guard.handler('span end', waits) }),
    ...(noted && { noted: guard.handler('span end', noted) }),
    ...(pending && { pending: guard.handler('pending', pending) }),
    ...(socketEnded && { socketEnded: guard.handler('socket end', socketEnded) }),
    end: guard.handler('span end', sink.end),
  };
}

export function chooseSpans(wanted: Config['spans'], parts: ChooseParts): Spans {
  const { sink, ...more } = WAYS[wanted](parts);
  // what telemetry sends for itself is no call, whoever sends it
  return { ...more, sink: guardedSink(sink, parts.guard, (call) => isTelemetry(call) || parts.ignores(call)) };
}
