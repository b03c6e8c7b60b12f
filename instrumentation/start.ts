import { loadConfig } from '../src/config.ts';
import { addProviders } from '../src/providers/index.ts';
import { useOwnRules } from '../src/redact/index.ts';
import { createAttempts } from './attempts/tracker.ts';
import { describe } from './attributes/index.ts';
import { declared } from './base/declared.ts';
import { type Environment, readerOf } from './base/environment.ts';
import { createGuard, type Guard } from './base/guard.ts';
import { createLog } from './base/log.ts';
import { now } from './base/now.ts';
import { isGranted, RUNTIME } from './base/runtime.ts';
import { startCapture } from './capture/index.ts';
import { HookSet } from './hooks/apply.ts';
import { hooksFile, loadHooks } from './hooks/load.ts';
import type { Hooks } from './hooks/types.ts';
import { exportInFlight, inFlightOf } from './in-flight.ts';
import { judged } from './judge/index.ts';
import { readerFor } from './judge/reader.ts';
import { successBodies } from './judge/success-bodies.ts';
import { watchLambda } from './lambda.ts';
import { flushAtExit } from './lifecycle.ts';
import { metricsListener } from './metrics-listener.ts';
import { createOutput } from './output/output.ts';
import { resourceOf } from './output/resource.ts';
import type { SpanListener } from './span/record.ts';
import { outcomeSampler } from './span/sampler.ts';
import { chooseSpans } from './ways/choose.ts';

/** What `start()` takes: the hooks, and what only code can give. */
export interface StartOptions extends Hooks {
  /** Default `process.env`; without effect on an engine that runs already. */
  readonly env?: Environment;
  /** Sees every finished client span, sampled or not, a fraction of a second after its end. */
  readonly onSpan?: SpanListener;
}

/** The running engine. */
export interface Handle {
  /** Sends what is waiting; resolves when it has left or has failed. */
  flush(): Promise<void>;
  /** Ends capturing, sends what is waiting. */
  stop(): Promise<void>;
  /** Number of own faults by place: empty in a healthy process. */
  readonly faults: Guard['faults'];
  /** Number of spans lost on the way out. */
  readonly dropped: number;
  /** Adds hooks to the running engine. */
  join(hooks: StartOptions): void;
}

/** Longest that the answer of a Lambda function waits for its failures to arrive, ms: what comes afterwards is frozen. */
const LAMBDA_MS = 300;
/** What is seen where the runtime is not Node; tried in `test/field/runtimes`. */
const SEEN: Readonly<Record<string, string>> = {
  bun: "under Bun calls of node:http and node:http2 are seen; those of fetch only if Bun publishes undici's channels (1.4 does not)",
  deno: "under Deno calls of node:http, node:http2 and npm's undici are seen; those of Deno's own fetch are not (tried with 2.9)",
};
/** One per process and thread, whatever loaded it and however many copies of the package there are. */
const RUNNING = Symbol.for('faultlayer.running');
const registry = globalThis as { [RUNNING]?: Handle };

/** The running engine, whoever started it; undefined where there is none. */
export const getEngine = (): Handle | undefined => registry[RUNNING];

/** Starts once; a second start, also from another copy of the package, joins its hooks to the running engine and returns that. */
export function start(options: StartOptions = {}): Handle | undefined {
  const running = registry[RUNNING];
  if (running) {
    running.join(options);
    return running;
  }
  if (options.env === undefined && !isGranted({ name: 'env' })) {
    createLog(undefined).warnOnce('env', 'not started: Deno gives no environment, run with --allow-env');
    return undefined;
  }
  const { env, problem } = declared(options.env ?? process.env);
  const { config, problems } = loadConfig(env);
  const reader = readerOf(env);
  if (config.disabled || reader.flag('OTEL_SDK_DISABLED')) return undefined;

  useOwnRules(config);
  const log = createLog(config.logLevel ?? reader.text('OTEL_LOG_LEVEL'));
  const guard = createGuard(log.fault);
  const seen = SEEN[RUNTIME.name];
  if (seen !== undefined) log.warnOnce('runtime', seen);
  const hooks = new HookSet(guard);
  const listeners: SpanListener[] = [];
  const join = (more: StartOptions): void =>
    guard.run(
      'hooks',
      () => {
        hooks.add(more);
        const { onSpan, onFailure, providers } = more;
        if (onSpan) listeners.push(onSpan);
        if (onFailure) listeners.push((span) => (span.failed ? onFailure(span) : undefined));
        if (providers) addProviders(providers);
      },
      undefined,
    );
  const output = createOutput(reader, log, guard);
  const metrics =
    config.metricsPort === undefined
      ? undefined
      : metricsListener(
          config.metricsPort,
          Object.fromEntries(resourceOf(reader)),
          (p) => log.warnOnce(p, p),
          guard,
          () => inFlightOf(capture, config),
        );
  if (metrics) listeners.push(metrics.listener);
  const file = hooksFile(config.configFile);
  if (file !== undefined)
    try {
      join(loadHooks(file));
    } catch (error) {
      log.warnOnce('hooks', (error as Error).message);
    }
  join(options);
  /** `host:port`: the runtime's own calls are not the application's. */
  const runtimeApi = reader.text('AWS_LAMBDA_RUNTIME_API');
  const spans = chooseSpans(config.spans, {
    ignores: (call) => hooks.ignores(call) || (runtimeApi !== undefined && `${call.host}:${call.port}` === runtimeApi),
    reader,
    output,
    log,
    copies: output.copies,
    describe: hooks.enriching((attributes, call, outcome) => describe(attributes, call, outcome, config)),
    attempts: createAttempts(config.hashKey),
    outcomeSampler: config.successRatio === undefined ? undefined : outcomeSampler(config.successRatio),
    guard,
    listeners,
  });
  for (const one of [problem ?? [], problems, reader.problems].flat()) log.warnOnce(one, one);
  const capture = startCapture(judged(spans.sink, hooks.classify), {
    guard,
    readsSuccessBodies: successBodies(config.readSuccess),
    readerOf: readerFor,
    requestBodies: config.captureBodies,
    libraries: spans.libraries ?? [],
  });
  const read = () => inFlightOf(capture, config);
  const endExport = guard.run('metrics', () => exportInFlight(read, reader, log), undefined);
  const drain = () => {
    capture.drain();
    spans.drain?.();
  };
  const flush = async (): Promise<void> => {
    capture.settle();
    await Promise.all([output.flush(), spans.held?.flush()]);
  };
  const conclude = (until: number, all = false) => {
    capture.conclude();
    output.finish(until, all);
  };
  if (runtimeApi !== undefined) watchLambda(() => conclude(now() + LAMBDA_MS, true), guard);
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
      endExport?.();
      unhook();
      delete registry[RUNNING];
      await awaited(async () => {
        await spans.stop?.();
        await output.flush();
      });
    },
    join,
    faults: guard.faults,
    get dropped() {
      return output.dropped;
    },
  };
  registry[RUNNING] = handle;
  return handle;
}
