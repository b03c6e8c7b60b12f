import { expect, it } from 'vitest';
import type { Group } from '../../../collector/evidence/store.ts';
import { listPage } from '../../../collector/pages/list.ts';
import { failure } from '../../support/failures.ts';

const tds = (groups: Group[]): string[] => {
  const { text } = listPage({
    ...{ groups, all: groups, recentOf: () => undefined, filter: {}, since: '', sort: 'newest', page: 1 },
    nowMs: Date.now(),
    problem: undefined,
  });
  return text.match(/<td class="(?:number times|mono id)">.*?<\/td>|<b>[\d,]+<\/b><\/a>/g)!;
};

it('writes thousands with a separator, and a request ID that did not come as a word', () => {
  const groups = [
    { total: 12_345, records: [failure()] },
    { total: 2, records: [failure({ requestId: 'req_1' })] },
  ] as unknown as Group[];
  expect(tds(groups)).toEqual([
    '<b>12,347</b></a>',
    '<td class="number times">12,345</td>',
    '<td class="mono id">none</td>',
    '<td class="number times">2</td>',
    '<td class="mono id"><bdi data-copy>req_1</bdi></td>',
  ]);
});
