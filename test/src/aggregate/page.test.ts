import { expect, it } from 'vitest';
import { Aggregator, Exposition } from '../../../src/aggregate/index.ts';

it('gives a page no more room however often it is rendered', () => {
  const exposition = new Exposition(new Aggregator({ providerOf: (host) => host, layerOf: () => undefined }));
  const first = exposition.render(false).buffer.byteLength;
  let last = 0;
  for (let i = 0; i < 200; i++) last = exposition.render(false).buffer.byteLength;
  expect(last).toBeLessThanOrEqual(2 * first);
});
