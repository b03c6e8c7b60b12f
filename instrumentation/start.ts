import { type Loaded, loadConfig, unknownVariables } from '../src/config.ts';
import { Memory } from '../src/memo.ts';
import { addProviders } from '../src/providers/index.ts';
import { useOwnRules } from '../src/redact/index.ts';
import { createAttempts } from './attempts/tracker.ts';
import { describe } from './attributes/index.ts';
import { declared } from './base/declared.ts';
import { type Environment, type Reader, readerOf } from './base/environment.ts';
import { createGuard, type Guard } from './base/guard.ts';
import { createLog } from './base/log.ts';
import { now } from './base/now.ts';
import { isGranted, RUNTIME } from './base/runtime.ts';
import { type Capture, startCapture } from './capture/index.ts';
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
import { chooseSpans, type Spans } from './ways/choose.ts';

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

/** Our sockets hold nobody; a program that waits for them must not be ended meanwhile (exit code 13). */
async function awaited(work: () => Promise<void>): Promise<void> {
  const hold = setInterval(() => {}, 60_000);
  try {
    await work();
  } finally {
    clearInterval(hold);
  }
}

/** All that the preload keeps between calls hangs on one of these parts. Two engines in one process share none of it. */
export class Engine implements Handle {
  /** Results of functions, by what they were asked; the user's own rules of redaction and providers. In force while guarded code runs. */
  readonly memory = new Memory();
  readonly listeners: SpanListener[] = [];
  readonly log: ReturnType<typeof createLog>;
  readonly guard: Guard;
  readonly hooks: HookSet;
  /** The connection to the collector, and the spans that wait for it. */
  readonly output: ReturnType<typeof createOutput>;
  /** Earlier attempts; spans of others that are held back. */
  readonly spans: Spans;
  /** Open calls, those that were not told yet, connections, bodies. */
  readonly capture: Capture;
  private readonly onStop: (() => void)[] = [];

  /** @param stopped is called as the engine stops */
  constructor({ config, problems }: Loaded, reader: Reader, options: StartOptions, stopped: () => void) {
    const before = Memory.use(this.memory);
    try {
      const { memory, listeners } = this;
      if ([config.redact, config.redactQuery, config.keep].some((rules) => rules.length > 0)) useOwnRules(config);
      this.log = createLog(config.logLevel ?? reader.text('OTEL_LOG_LEVEL'));
      this.guard = createGuard(this.log.fault, memory);
      const { log, guard } = this;
      const seen = SEEN[RUNTIME.name];
      if (seen !== undefined) log.warnOnce('runtime', seen);
      this.hooks = new HookSet(guard);
      this.output = createOutput(reader, log, guard);
      const { hooks, output } = this;
      const read = () => guard.run('metrics', () => inFlightOf(this.capture, config), []);
      if (config.metricsPort !== undefined) {
        const resource = Object.fromEntries(resourceOf(reader));
        const metrics = metricsListener(config.metricsPort, resource, (p) => log.warnOnce(p, p), guard, read);
        listeners.push(metrics.listener);
        this.onStop.push(metrics.stop);
      }
      const file = hooksFile(config.configFile);
      if (file !== undefined)
        try {
          this.join(loadHooks(file));
        } catch (error) {
          log.warnOnce('hooks', (error as Error).message);
        }
      this.join(options);
      /** `host:port`: the runtime's own calls are not the application's. */
      const runtimeApi = reader.text('AWS_LAMBDA_RUNTIME_API');
      const attempts = createAttempts(config.hashKey);
      const spans = chooseSpans(config.spans, {
        ignores: (call) =>
          hooks.ignores(call) || (runtimeApi !== undefined && `${call.host}:${call.port}` === runtimeApi),
        ...{ reader, output, log, guard, listeners, attempts, copies: output.copies },
        describe: hooks.enriching((attributes, call, outcome) => describe(attributes, call, outcome, config)),
        outcomeSampler: config.successRatio === undefined ? undefined : outcomeSampler(config.successRatio),
      });
      for (const one of [...problems, ...reader.problems]) log.warnOnce(one, one);
      const capture = startCapture(judged(spans.sink, guard, hooks.classify), {
        guard,
        readsSuccessBodies: successBodies(config.readSuccess),
        readerOf: readerFor,
        requestBodies: config.captureBodies,
        libraries: spans.libraries ?? [],
      });
      this.spans = spans;
      this.capture = capture;
      const endExport = guard.run('metrics', () => exportInFlight(read, reader, log), undefined);
      const conclude = (until: number, all = false) => {
        capture.conclude();
        output.finish(until, all);
      };
      if (runtimeApi !== undefined) watchLambda(() => conclude(now() + LAMBDA_MS, true), guard);
      const unhook = flushAtExit({
        drain: this.drain,
        flush: this.send,
        finish: (until) => guard.run('exit', () => conclude(until), undefined),
        get pending() {
          return output.pending + (spans.held?.pending ?? 0);
        },
      });
      this.onStop.push(capture.stop, attempts.stop, () => endExport?.(), unhook, stopped);
    } catch (error) {
      for (const end of this.onStop.splice(0)) end();
      throw error;
    } finally {
      Memory.use(before);
    }
  }

  readonly join = (more: StartOptions): void =>
    this.guard.run(
      'hooks',
      () => {
        this.hooks.add(more);
        const { onSpan, onFailure, providers } = more;
        if (onSpan) this.listeners.push(onSpan);
        if (onFailure) this.listeners.push((span) => (span.failed ? onFailure(span) : undefined));
        if (providers) addProviders(providers);
      },
      undefined,
    );

  private readonly drain = (): void => {
    this.capture.drain();
    this.spans.drain?.();
  };

  private readonly send = async (): Promise<void> => {
    this.capture.settle();
    await Promise.all([this.output.flush(), this.spans.held?.flush()]);
  };

  readonly flush = (): Promise<void> => awaited(this.send);

  readonly stop = async (): Promise<void> => {
    this.drain();
    for (const end of this.onStop.splice(0)) end();
    await awaited(async () => {
      await this.spans.stop?.();
      await this.output.flush();
    });
  };

  get faults(): Guard['faults'] {
    return this.guard.faults;
  }

  get dropped(): number {
    return this.output.dropped;
  }
}

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
  const loaded = loadConfig(env);
  const reader = readerOf(env);
  if (loaded.config.disabled || reader.flag('OTEL_SDK_DISABLED')) return undefined;
  const unknown = unknownVariables(env).map((name) => `${name} is not known; faultlayer config lists those that are`);
  const problems = [problem ?? [], loaded.problems, unknown].flat();
  registry[RUNNING] = new Engine({ ...loaded, problems }, reader, options, () => delete registry[RUNNING]);
  return registry[RUNNING];
}
