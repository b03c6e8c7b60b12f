import { expect, it } from 'vitest';
import { newIds } from '../../../instrumentation/span/ids.ts';
import { linksOf } from '../../../instrumentation/span/record.ts';

it('shows others the IDs of a link, and not what they were made of', () => {
  const drawn = newIds();
  const { traceId, spanId } = drawn;
  const others = { traceId: '1af7651916cd43dd8448eb211c80319c', spanId: 'a7ad6b7169203331' };
  expect(linksOf([{ traceId, spanId, drawn }, others])).toStrictEqual([{ traceId, spanId }, others]);
});
