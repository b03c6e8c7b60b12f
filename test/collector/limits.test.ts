import { expect, it, vi } from 'vitest';
import { Decoder } from '../../collector/otlp/decoder.ts';
import { Aggregator, COLUMN, COLUMNS } from '../../src/aggregate/index.ts';
import { attribute, bodyOf, client, text } from '../support/protobuf-wire.ts';

// What an edit of the two files would do.
vi.mock('../../collector/limits.ts', async (original) => {
  const { LIMITS } = await original<typeof import('../../collector/limits.ts')>();
  return { LIMITS: { ...LIMITS, spansPerRequest: 200_000, bodyBytes: 40 * 1024 * 1024 } };
});
vi.mock('../../src/aggregate/columns.ts', async (original) => {
  const module = await original<typeof import('../../src/aggregate/columns.ts')>();
  const COLUMNS = module.COLUMNS.map((c) => (c.attribute === 'url.template' ? { ...c, budget: 60_000 } : c));
  return { ...module, COLUMNS };
});

it('needs no other edit for 200,000 spans and 40 MiB a body, and 20,000 templates', () => {
  expect(COLUMNS[COLUMN.template]!.budget).toBe(60_000);
  const aggregator = new Aggregator();
  const decoder = new Decoder(aggregator.dictionaries);
  const kinds = Array.from({ length: 20_000 }, (_, i) => client(attribute('url.template', text(`/v1/${i}`))));
  const all = Buffer.concat(kinds);
  const batch = decoder.decode(bodyOf([...Array(10).fill(all), kinds[0]!]), 'protobuf', false);
  expect(batch.rows).toBe(200_000);
  expect(decoder.decoded.rejected.too_many_spans).toBe(1);
  const template = aggregator.dictionaries[COLUMN.template]!;
  expect([template.size, template.overflowed]).toEqual([20_000, 0]);
  // Known by their bytes: no text is made of them again.
  template.ofString = (value) => {
    throw new Error(`${value} was made into text`);
  };
  expect(decoder.decode(bodyOf(all), 'protobuf', false).rows).toBe(20_000);
});
