import { expect, it } from 'vitest';
import { outdated } from '../../scripts/gen.ts';

it('commits what the generators write', async () => {
  expect([...(await outdated()).keys()], 'run `npm run gen` and commit').toEqual([]);
});
