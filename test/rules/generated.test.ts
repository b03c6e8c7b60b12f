import { expect, it } from 'vitest';
import { outdated } from '../../scripts/gen.ts';

it('commits what the generators write now', async () => {
  expect([...(await outdated()).keys()]).toEqual([]);
});
