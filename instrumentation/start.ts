import { loadConfig } from '../src/config.ts';
import { useOwnRules } from '../src/redact/index.ts';
import { createAttempts } from './attempts/tracker.ts';
import { describe } from './attributes/index.ts';
import { type Environment, readerOf } from './base/environment.ts';
import { createGuard, type Guard } from './base/guard.ts';
import { createLog } from './base/log.ts';
import { startCapture } from './capture/index.ts';
import { judged } from './judge/index.ts';
import { readerFor } from './judge/reader.ts';
import { successBodies } from './judge/success-bodies.ts';
import { flushAtExit } from './lifecycle.ts';
import { metricsListener } from './metrics-listener.ts';
import { createOutput } from './output/output.ts';
import { resourceOf } from './output/resource.ts';
import type { SpanListener } from './span/record.ts';
import { outcomeSampler } from './span/sampler.ts';
import { chooseSpans } from './ways/choose.ts';
import { guardedSink } from './ways/guarded.ts';

export interface StartOptions {
  /** Default `process.env`. */
  readonly env?: Environment;
  /** Sees every finished client span, sampled or not, a fraction of a second after its end. */
  readonly onSpan?: SpanListener;
}

export interface Handle {
  /** Sends what is waiting; resolves when it has left or has failed. */
  flush(): Promise<void>;
  /** Ends capturing, sends what is waiting. */
  stop(): Promise<void>;
  /** Own faults by hook: all zero in a healthy process. */
  readonly faults: Guard['faults'];
  /** Spans lost on the way out. */
  readonly dropped: number;
}

/** One per process and thread, whatever loaded it and however many copies of the package there are. */
const RUNNING = Symbol.for('faultlayer.running');
const registry = globalThis as { [RUNNING]?: Handle };

/** Starts once; a second start, also from another copy of the package, returns the running one. */
export function start(options: StartOptions = {}): Handle | undefined {
  if (registry[RUNNING]) return registry[RUNNING];
  const env = options.env ?? process.env;
  const { config, problems } = loadConfig(env);
  const reader = readerOf(env);
  if (config.disabled || reader.flag('OTEL_SDK_DISABLED')) return undefined;

  useOwnRules(config);
  const log = createLog(config.logLevel ?? reader.text('OTEL_LOG_LEVEL'));
  const guard = createGuard(log.fault);
  const output = createOutput(reader, log, guard);
  const metrics =
    config.metricsPort === undefined
      ? undefined
      : metricsListener(config.metricsPort, Object.fromEntries(resourceOf(reader)), (p) => log.warnOnce(p, p));
  const spans = chooseSpans(config.spans, {
    reader,
    output,
    log,
    copies: output.copies,
    describe: (attributes, call, outcome) => describe(attributes, call, outcome, config),
    attempts: createAttempts(config.hashKey),
    outcomeSampler: config.successRatio === undefined ? undefined : outcomeSampler(config.successRatio),
    guard,
    listeners: [options.onSpan, metrics?.listener].filter((l) => l !== undefined),
  });
  for (const problem of [...problems, ...reader.problems]) log.warnOnce(problem, problem);
  const capture = startCapture(judged(guardedSink(spans.sink, guard)), {
    guard,
    readsSuccessBodies: successBodies(config.readSuccess),
    readerOf: readerFor,
    requestBodies: config.captureBodies,
  });
  const drain = () => {
    capture.drain();
    spans.drain();
  };
  const flush = async (): Promise<void> => {
    capture.settle();
    await Promise.all([output.flush(), spans.held?.flush()]);
  };
  const conclude = (until: number) => {
    capture.conclude();
    output.finish(until);
  };
  const unhook = flushAtExit({
    drain,
    flush,
    finish: (until) => guard.run('exit', () => conclude(until), undefined),
    get pending() {
      return output.pending + (spans.held?.pending ?? 0);
    },
  });

  /** Our sockets hold nobody; a program that waits for them must not be ended meanwhile (exit code 13). */
  const awaited = async (work: () => Promise<void>): Promise<void> => {
    const hold = setInterval(() => {}, 60_000);
    try {
      await work();
    } finally {
      clearInterval(hold);
    }
  };

  const handle: Handle = {
    flush: () => awaited(flush),
    async stop() {
      drain();
      capture.stop();
      metrics?.stop();
      unhook();
      delete registry[RUNNING];
      await awaited(async () => {
        await spans.stop();
        await output.flush();
      });
    },
    faults: guard.faults,
    get dropped() {
      return output.dropped;
    },
  };
  registry[RUNNING] = handle;
  return handle;
}
