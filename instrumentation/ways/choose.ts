import type { Config } from '../../src/config.ts';
import { beside } from '../base/beside.ts';
import type { Reader } from '../base/environment.ts';
import type { Call } from '../capture/types.ts';
import type { CallSink } from '../judge/types.ts';
import type { Output } from '../output/output.ts';
import { registerGlobally } from '../sdk/global.ts';
import { loadConfigFile, loadStock } from '../sdk/load.ts';
import { createAdoptedSpans } from './adopted.ts';
import { createApiSpans } from './api.ts';
import { applicationTraces, hasOtherAgent, hasOtherSdk } from './coexist.ts';
import { createOwnSpans, type OwnSpanParts } from './own.ts';

export interface Spans {
  readonly sink: CallSink;
  /** Lets go of what is held back for attributes that have not come. */
  drain(): void;
  /** Ends what was started beside the sink. */
  stop(): Promise<void>;
  /** Where spans wait in an SDK of their own rather than in the output: how many, and the way to send them. */
  readonly held?: { readonly pending: number; flush(): Promise<void> };
}
export interface ChooseParts extends Omit<OwnSpanParts, 'output'> {
  readonly output: Output;
}

const nothing = () => {};
const idle = async () => {};

/** Who makes the spans of this process: one way per value of `FAULTLAYER_SPANS`. */
const WAYS: Readonly<Record<Config['spans'], (parts: ChooseParts) => Spans>> = {
  own: (parts) => {
    if (!otherSdk(parts.reader)) registerGlobally(() => parts.output.sdk(), parts.guard);
    return { sink: ownSpans(parts), drain: nothing, stop: idle };
  },
  sdk: (parts) => {
    if (!otherSdk(parts.reader)) registerGlobally(() => parts.output.sdk(), parts.guard);
    return { sink: createApiSpans(parts, () => parts.output.sdk()), drain: nothing, stop: idle };
  },
  stock: (parts) => {
    registerGlobally(() => parts.output.sdk(), parts.guard);
    const adopted = createAdoptedSpans(parts);
    const stop = loadStock().startStock();
    return { sink: adopted, drain: adopted.drain, stop: async () => stop() };
  },
  adopted: (parts) => {
    const adopted = createAdoptedSpans(parts);
    return { sink: adopted, drain: adopted.drain, stop: idle };
  },
  auto: (parts) => {
    if (!otherSdk(parts.reader) && registerGlobally(() => parts.output.sdk(), parts.guard))
      return { sink: ownSpans(parts), drain: nothing, stop: idle };
    const adopted = createAdoptedSpans(parts);
    return { sink: eitherOf(ownSpans(parts), adopted), drain: adopted.drain, stop: idle };
  },
};

/** `OTEL_CONFIG_FILE` describes a whole SDK; the client spans are then made through it and wait in its processors. */
function fromFile(parts: ChooseParts): Spans {
  const sdk = loadConfigFile().startFromFile();
  const made = createApiSpans(parts, () => parts.output.sdk());
  let pending = 0;
  const sink: CallSink = {
    start: (call) => made.start(call),
    end(call, outcome) {
      pending++;
      made.end(call, outcome);
    },
  };
  const held = {
    get pending() {
      return pending;
    },
    async flush() {
      pending = 0;
      await sdk.flush();
    },
  };
  return { sink, drain: nothing, stop: sdk.stop, held };
}

export function chooseSpans(wanted: Config['spans'], parts: ChooseParts): Spans {
  const file = parts.reader.text('OTEL_CONFIG_FILE') !== undefined;
  return file && (wanted === 'auto' || wanted === 'sdk') ? fromFile(parts) : WAYS[wanted](parts);
}

const otherSdk = (reader: Reader): boolean =>
  hasOtherSdk(process.execArgv, reader.text('NODE_OPTIONS') ?? '', process.argv[1]);
const ownSpans = (parts: ChooseParts): CallSink => {
  const silent = hasOtherAgent(process.execArgv, parts.reader.text('NODE_OPTIONS') ?? '', process.argv[1]);
  return createOwnSpans({ ...parts, silent });
};

/** Own spans until the application starts its tracing, adopted ones from then on. */
function eitherOf(own: CallSink, adopted: CallSink): CallSink {
  const sinks = beside<Call, CallSink>();
  return {
    start(call) {
      const sink = applicationTraces() ? adopted : own;
      sinks.set(call, sink);
      return sink.start(call);
    },
    noted: (call) => sinks.get(call)?.noted?.(call),
    pending: (call) => sinks.get(call)?.pending?.(call),
    end: (call, outcome) => sinks.get(call)?.end(call, outcome),
  };
}
