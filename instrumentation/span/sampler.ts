import { explicitRandomness, randomnessOf, thresholdOf, withThreshold } from '../../src/sampling/threshold.ts';
import type { Reader } from '../base/environment.ts';
import type { SpanContext } from './context.ts';

/** Decides at the start of a span, before anything about it is known: the W3C `sampled` flag. */
export type HeadSampler = (traceId: string, parent: SpanContext | undefined) => boolean;

const SAMPLED = 1;

/** The SDK's `TraceIdRatioBased` arithmetic, so that both keep the same traces: the four words of the ID folded by XOR. */
export function ratioSampler(ratio: number): HeadSampler {
  const bound = ratio >= 1 ? 2 ** 32 : Math.floor(Math.max(ratio, 0) * 0xffffffff);
  return (traceId) => {
    let folded = 0;
    for (let i = 0; i < 32; i += 8) folded = (folded ^ Number.parseInt(traceId.slice(i, i + 8), 16)) >>> 0;
    return folded < bound;
  };
}

const parentBased =
  (root: HeadSampler): HeadSampler =>
  (traceId, parent) =>
    parent ? (parent.traceFlags & SAMPLED) === SAMPLED : root(traceId, parent);

const always: HeadSampler = () => true;
const never: HeadSampler = () => false;

/** `OTEL_TRACES_SAMPLER` by name (OpenTelemetry specification, general SDK configuration). */
const SAMPLERS: Readonly<Record<string, (ratio: number) => HeadSampler>> = {
  always_on: () => always,
  always_off: () => never,
  traceidratio: ratioSampler,
  parentbased_always_on: () => parentBased(always),
  parentbased_always_off: () => parentBased(never),
  parentbased_traceidratio: (ratio) => parentBased(ratioSampler(ratio)),
};

export function headSamplerOf(reader: Reader): HeadSampler {
  const name = reader.text('OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on';
  const make = SAMPLERS[name];
  if (!make) reader.problems.push(`OTEL_TRACES_SAMPLER '${name}' is not known, parentbased_always_on is used`);
  const text = reader.text('OTEL_TRACES_SAMPLER_ARG') ?? '1';
  const ratio = Number(text);
  const usable = ratio >= 0 && ratio <= 1;
  if (!usable) reader.problems.push(`OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1, not '${text}'`);
  return (make ?? SAMPLERS['parentbased_always_on']!)(usable ? ratio : 1);
}

export type OutcomeSampler = ReturnType<typeof outcomeSampler>;

/** Decides at the end of a client span: every failure is kept, of the successes a share, each with its weight. */
export function outcomeSampler(successRatio: number) {
  const threshold = thresholdOf(successRatio);
  return {
    /** Whether a success of this trace is kept, which is also what the trace flag tells the next service. */
    keepsSuccess: (traceId: string, traceState: string): boolean =>
      successRatio > 0 && randomnessOf(traceId, explicitRandomness(traceState)) >= threshold,
    /** The tracestate to record: what a kept span stands for. */
    mark: (traceState: string, failed: boolean): string => withThreshold(traceState, failed ? '0' : threshold),
  };
}
