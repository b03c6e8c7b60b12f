import { SamplingDecision, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readerOf } from '../../../instrumentation/base/environment.ts';
import { newIds } from '../../../instrumentation/span/ids.ts';
import { headSamplerOf, outcomeSampler, ratioSampler } from '../../../instrumentation/span/sampler.ts';
import {
  explicitRandomness,
  randomnessOf,
  thresholdOf,
  weightOf,
  withThreshold,
} from '../../../src/sampling/threshold.ts';

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const traceId = hex(32).filter((id) => id !== '0'.repeat(32));
const ratio = fc.double({ min: 0, max: 1, noNaN: true });

describe('OTEL_TRACES_SAMPLER', () => {
  it('keeps the traces the SDK’s ratio sampler keeps', () => {
    fc.assert(
      fc.property(traceId, ratio, (id, r) => {
        const reference = new TraceIdRatioBasedSampler(r).shouldSample({} as never, id).decision;
        expect(ratioSampler(r)(id, undefined)).toBe(reference === SamplingDecision.RECORD_AND_SAMPLED);
      }),
    );
  });

  it.each([
    ['always_on', undefined, true, true, true],
    ['always_off', undefined, false, false, false],
    ['traceidratio', '0', false, false, false],
    ['traceidratio', '1', true, true, true],
    ['parentbased_always_on', undefined, true, true, false],
    ['parentbased_always_off', undefined, false, true, false],
    ['parentbased_traceidratio', '0', false, true, false],
    [undefined, undefined, true, true, false],
    ['nonsense', undefined, true, true, false],
  ])('%s (%s): root %s, sampled parent %s, unsampled parent %s', (name, arg, root, sampled, unsampled) => {
    const reader = readerOf({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: arg });
    const head = headSamplerOf(reader);
    const parent = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
    expect(head(newIds().traceId, undefined)).toBe(root);
    expect(head(parent.traceId, { ...parent, traceFlags: 1 })).toBe(sampled);
    expect(head(parent.traceId, { ...parent, traceFlags: 0 })).toBe(unsampled);
    expect(reader.problems).toHaveLength(name === 'nonsense' ? 1 : 0);
  });
});

describe('keeping failures and a share of successes', () => {
  it('weights by exactly what was kept: totals stay right', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1, noNaN: true }), (r) => {
        expect(weightOf(thresholdOf(r).replace(/0+$/, ''))).toBeCloseTo(1 / r, 5);
      }),
    );
    const sampler = outcomeSampler(0.25);
    let total = 0;
    let kept = 0;
    const calls = 40_000;
    for (let i = 0; i < calls; i++) {
      const failed = i % 10 === 0;
      if (!failed && !sampler.keepsSuccess(newIds().traceId, '')) continue;
      kept++;
      total += weightOf(/th:([0-9a-f]+)/.exec(sampler.mark('', failed))![1]!);
    }
    // four standard deviations of 36 000 draws at 1/4, each weighing 4: 4·√(36000·¼·¾)·4 ≈ 1315
    expect(Math.abs(total - calls)).toBeLessThan(1315);
    expect(kept).toBeLessThan(calls / 2);
  });

  it('knows the edges', () => {
    expect(thresholdOf(1)).toBe('0'.repeat(14));
    expect(outcomeSampler(1).keepsSuccess('0'.repeat(31).concat('1'), '')).toBe(true);
    expect(outcomeSampler(0).keepsSuccess('f'.repeat(32), '')).toBe(false);
    expect(outcomeSampler(0.5).mark('', false)).toBe('ot=th:8');
    expect(outcomeSampler(0.5).mark('', true)).toBe('ot=th:0');
    expect(outcomeSampler(0.1).mark('', false)).toMatch(/^ot=th:e666666666666[67]?[0-9a-f]*$/);
  });

  it('decides by the trace’s own randomness, and keeps what others wrote', () => {
    expect(explicitRandomness('ot=rv:ffffffffffffff;th:8,x=1')).toBe('ffffffffffffff');
    expect(explicitRandomness('ot=rv:zz')).toBeUndefined();
    expect(randomnessOf('0'.repeat(18) + '1'.repeat(14))).toBe('1'.repeat(14));
    expect(outcomeSampler(0.5).keepsSuccess('0'.repeat(32), 'ot=rv:ffffffffffffff')).toBe(true);
    expect(withThreshold('a=1, ot=p:8;th:c;rv:00000000000000 ,b=2', '80000000000000')).toBe(
      'ot=th:8;p:8;rv:00000000000000,a=1,b=2',
    );
  });
});
