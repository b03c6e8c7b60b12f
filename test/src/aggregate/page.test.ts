import { expect, it } from 'vitest';
import { pipeline } from '../../support/decode-bodies.ts';
import { protobufBody, seeded, typicalBody } from '../../support/otlp-spans.ts';

it('keeps no more text however often a page is rendered, and hands it out in one memory', () => {
  const p = pipeline();
  p.take(protobufBody(typicalBody(seeded(1), 2000)));
  const memories = new Set<ArrayBufferLike>();
  let pieces = 0;
  for (let i = 0; i < 50; i++)
    for (const piece of p.exposition.pieces(false)) {
      pieces++;
      if (i > 0) continue;
      memories.add(piece.buffer);
    }
  expect(pieces).toBeGreaterThan(50);
  expect(memories.size).toBeLessThanOrEqual(4);
  const { kept } = Object.values(Reflect.get(p.exposition, 'caches') as Record<string, { kept: number }>)[0]!;
  expect(kept).toBeLessThan(p.page().length * 1.2);
});
