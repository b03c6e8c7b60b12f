import { expect, it } from 'vitest';
import { createGuard } from '../../instrumentation/base/guard.ts';
import { metricsListener } from '../../instrumentation/metrics-listener.ts';
import type { SpanRecord } from '../../instrumentation/span/record.ts';

it('counts a call that cannot be counted as a fault of its own', async () => {
  const guard = createGuard();
  const metrics = metricsListener(0, { 'service.name': 's' }, () => {}, guard);
  expect(await metrics.ready).toMatch(/^http:/);
  const attributes = {
    get 'api.provider.name'(): string {
      throw new Error('ours');
    },
  };
  metrics.listener({ attributes, startMs: 0, endMs: 1 } as unknown as SpanRecord);
  expect([...guard.faults]).toEqual([['metrics port', 1]]);
  metrics.stop();
});
