import { expect, it } from 'vitest';
import { Block } from '../../../instrumentation/span/block.ts';
import { AttributeList } from '../../../instrumentation/span/list.ts';

it('adds the attributes of up to four blocks to an object, its own last, and loses none in silence', () => {
  const list = new AttributeList();
  const shared = ['api.provider.name', 'api.status.class', 'api.failure.layer', 'api.retry.advice'] as const;
  for (const name of shared) {
    const block = new Block();
    block.set(name, name);
    list.share(block);
  }
  list.set('api.timing.wait', 0.5);
  expect(list.addedTo({ theirs: 1 })).toEqual({
    theirs: 1,
    ...Object.fromEntries(shared.map((name) => [name, name])),
    'api.timing.wait': 0.5,
  });
  list.share(new Block());
  expect(() => list.addedTo({})).toThrow('more blocks');
});
