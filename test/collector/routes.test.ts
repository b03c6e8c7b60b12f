import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDatabase } from '../../collector/evidence/database.ts';
import { sqliteIsQuiet } from '../../collector/evidence/disk.ts';
import { collectorUnderTest } from '../support/collector.ts';
import { parsePage, sumOf } from '../support/exposition.ts';
import { INCIDENTS } from '../support/incidents.ts';
import { send } from '../support/test-collector.ts';
import { waitFor } from '../support/wait-for.ts';

it('says in /-/ready what keeps evidence from being written, and stays ready', async () => {
  if (!sqliteIsQuiet()) return expect(sqliteIsQuiet('22.15.0')).toBe(false);
  const folder = mkdtempSync(join(tmpdir(), 'faultlayer-ready-'));
  const evidenceFile = join(folder, 'evidence.db');
  try {
    await using one = await collectorUnderTest({ evidenceFile });
    const ready = async () => {
      const { status, body } = await send(`${one.httpUrl}/-/ready`);
      return [status, body.toString()] as const;
    };
    const failures = async () =>
      sumOf(
        parsePage((await send(`${one.httpUrl}/metrics`)).body.toString()),
        'faultlayer_evidence_write_failures_total',
      );
    expect([await ready(), await failures()]).toEqual([[200, 'ready\n'], 0]);
    const other = openDatabase(evidenceFile);
    other.exec('BEGIN IMMEDIATE');
    await one.fail(INCIDENTS[0]!);
    await waitFor(async () => (await failures()) > 0, 'a try that fails', 30_000);
    expect(await ready()).toEqual([200, expect.stringMatching(/^ready, but evidence is not written: .*locked/)]);
    other.exec('COMMIT');
    other.close();
    await waitFor(async () => (await ready())[1] === 'ready\n', 'the next try', 30_000);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 90_000);
