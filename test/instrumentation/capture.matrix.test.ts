import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ClientName, FAULTS, familyOf } from './capture/matrix/faults.ts';
import { type Line, runChild } from './capture/matrix/run.ts';
import { type Servers, startServers } from './capture/matrix/servers.ts';
import { rowsOf } from './capture/matrix/table.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

it('knows at least 60 faults', () => {
  expect(FAULTS.filter((f) => f.expect.kind !== 'ok').length).toBeGreaterThanOrEqual(60);
});

const undici = createRequire(import.meta.url).resolve('undici');

// undici's other methods, and every Node line: capture.matrix.long.test.ts
it.each<ClientName>(['fetch', 'undici', 'http'])(
  'tells every fault through %s, and the application sees what it saw without us',
  async (client) => {
    const line: Line = { node: process.execPath, client, ...(familyOf(client) === 'undici' && { undici }) };
    const [plain, ours] = await Promise.all([runChild(line, servers, false), runChild(line, servers, true)]);
    const rows = rowsOf(line, client, servers.ports, plain, ours);
    expect(rows.length).toBeGreaterThan(50);
    expect(ours.faults).toEqual([]);
    expect(rows.filter((row) => row.wrong.length > 0)).toEqual([]);
  },
  120_000,
);
