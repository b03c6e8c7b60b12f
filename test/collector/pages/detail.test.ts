import { expect, it } from 'vitest';
import { collectorUnderTest, TOKEN } from '../../support/collector.ts';
import { INCIDENTS } from '../../support/incidents.ts';

const headers = { authorization: `Bearer ${TOKEN}` };

it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
  'shows a failure of which every word is %s',
  async (word) => {
    await using one = await collectorUnderTest();
    const words = Object.entries(INCIDENTS[0]!).map(([name, value]) => [
      name,
      typeof value === 'string' && name !== 'api.failure.layer' ? word : value,
    ]);
    await one.fail({ ...Object.fromEntries(words), 'api.auth.scheme': word, 'api.retry.kind': word });
    const { groups } = (await (await fetch(`${one.httpUrl}/api/failures`, { headers })).json()) as {
      groups: { records: { id: string; traceId: string; authScheme: string; provider: string }[] }[];
    };
    const [record] = groups[0]!.records;
    expect([groups.length, record!.authScheme, record!.provider]).toEqual([1, word, word]);
    const paths = [`/failures/${record!.id}`, `/api/failures/${record!.id}`, `/failures?text=${record!.traceId}`];
    for (const path of [...paths, `/failures?provider=${word}&service=${word}`, '/failures', '/providers'])
      expect([path, (await fetch(one.httpUrl + path, { headers })).status]).toEqual([path, 200]);
    expect(one.collector.context.faults.counts.http).toBe(0);
  },
);
