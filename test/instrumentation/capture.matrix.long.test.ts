import { afterAll, beforeAll, expect, it } from 'vitest';
import { nodeLines, undiciPath } from '../support/node-lines.ts';
import type { UndiciMethod } from './capture/matrix/faults.ts';
import { type Line, runChild } from './capture/matrix/run.ts';
import { type Servers, startServers } from './capture/matrix/servers.ts';
import { print, type Row, rowsOf } from './capture/matrix/table.ts';

const METHODS: readonly UndiciMethod[] = ['undici', 'undici.stream', 'undici.pipeline'];
let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

it('tells every fault alike through every client on every Node line', async () => {
  const rows: Row[] = [];
  const faults: string[] = [];
  for (const { node, name } of nodeLines()) {
    const lines: [string, Line][] = [
      [`${name} fetch`, { node, client: 'fetch' }],
      [`${name} http`, { node, client: 'http' }],
      ...([6, 7, 8] as const)
        // undici 8 needs a newer Node than the oldest we support
        .filter((major) => major < 8 || !name.startsWith('v22.15.'))
        .flatMap((major) =>
          // its other methods on one line of Node: they differ by undici's version alone
          (node === process.execPath ? METHODS : METHODS.slice(0, 1)).map((client): [string, Line] => [
            `${name} ${client} ${major}`,
            { node, client, undici: undiciPath(major) },
          ]),
        ),
    ];
    for (const [label, line] of lines) {
      const [plain, ours] = await Promise.all([runChild(line, servers, false), runChild(line, servers, true)]);
      rows.push(...rowsOf(line, label, servers.ports, plain, ours));
      faults.push(...ours.faults);
    }
  }
  console.log(print(rows));
  expect(faults).toEqual([]);
  expect(new Set(rows.map((row) => row.line)).size).toBe(25);
  expect(rows.filter((row) => row.wrong.length > 0)).toEqual([]);
});
