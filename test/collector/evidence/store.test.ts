import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../collector/evidence/database.ts';
import { keepOnDisk, sqliteIsQuiet } from '../../../collector/evidence/disk.ts';
import { EvidenceStore } from '../../../collector/evidence/store.ts';
import { collectorUnderTest } from '../../support/collector.ts';
import { failure } from '../../support/failures.ts';
import { INCIDENTS } from '../../support/incidents.ts';
import { httpServer } from '../../support/servers.ts';
import { waitFor } from '../../support/wait-for.ts';

const QUIET = { say: () => {}, failed: () => {} };
let spans = 0;
const fresh = (members: Parameters<typeof failure>[0] = {}) =>
  failure({ id: '', spanId: String(++spans).padStart(16, '0'), startMs: spans, ...members });

describe('the evidence store', () => {
  it('gives unguessable IDs and finds by ID, trace ID and request ID', () => {
    const store = new EvidenceStore();
    const kept = store.add(fresh({ requestId: 'req_12345678', traceId: 'c'.repeat(32) }))!;
    expect(kept.id).toMatch(/^[a-z2-9]{7}-[a-z2-9]{8}$/);
    expect(store.find(kept.id)).toBe(kept);
    expect(store.find('req_12345678')).toBe(kept);
    expect(store.find('c'.repeat(32))).toBe(kept);
    expect(store.find('')).toBeUndefined();
    const ids = new Set(Array.from({ length: 200 }, () => store.add(fresh())!.id));
    expect(ids.size).toBe(200);
  });

  it('keeps one span once, however often its batch is sent', () => {
    const store = new EvidenceStore();
    const span = fresh();
    expect(store.add(span)).toBeDefined();
    expect(store.add(span)).toBeUndefined();
    expect(store.list({})[0]).toMatchObject({ total: 1 });
  });

  it('never lets noise push out the newest failure of another service and provider', () => {
    const store = new EvidenceStore({ perGroup: 5, namedPerGroup: 2, groups: 50, bytes: 200_000 });
    const rare = store.add(fresh({ provider: 'stripe', code: 'card_declined', message: 'x'.repeat(200) }))!;
    for (let i = 0; i < 2000; i++) store.add(fresh({ provider: 'noisy', code: `made_up_${i}` }));
    for (let i = 0; i < 2000; i++) store.add(fresh({ provider: 'noisy', code: 'same', message: 'y'.repeat(250) }));
    expect(store.find(rare.id)).toBe(rare);
    expect(store.list({ provider: 'noisy', code: 'same' })[0]).toMatchObject({ total: 2000 });
    expect(store.size).toBeLessThanOrEqual(50 * (5 + 2 + 1));
  });

  it('shares its bytes by service, and lets a fresh kind in', () => {
    const store = new EvidenceStore({ perGroup: 5, namedPerGroup: 2, groups: 10_000, bytes: 100_000 });
    const quiet = Array.from({ length: 20 }, (_, i) => store.add(fresh({ service: `quiet-${i}` }))!);
    for (let i = 0; i < 5000; i++)
      store.add(fresh({ service: 'noisy', code: `made_up_${i % 700}`, message: 'y'.repeat(i % 300) }));
    for (const record of quiet) expect(store.find(record.id)).toBe(record);
    for (let i = 0; i < 50; i++) store.add(fresh({ service: 'noisy', code: 'fresh' }));
    store.add(fresh({ service: 'noisy', code: 'made_up_again' }));
    expect(store.list({ code: 'fresh' })[0]).toMatchObject({ total: 50 });
    expect(store.heldBytes).toBeLessThanOrEqual(100_000);
  });

  it('keeps of a flood some that are spread over time, and what somebody opened', () => {
    const store = new EvidenceStore({ perGroup: 3, spread: 4, namedPerGroup: 2, groups: 5, bytes: 1e6 });
    const all = Array.from({ length: 400 }, (_, i) => {
      const record = store.add(fresh({ startMs: i * 1000 }))!;
      if (i === 100) store.pin(record);
      return record;
    });
    const kept = store.list({})[0]!.records.map(({ startMs }) => startMs / 1000);
    expect(kept).toContain(100);
    expect([kept[0], kept.at(-1), kept.length]).toEqual([399, 0, 3 + 4 + 1 + 1]);
    const gaps = kept.slice(2).map((at, i) => kept[i + 1]! - at);
    expect(Math.max(...gaps)).toBeLessThan(250);
    expect(store.find(all[200]!.id) ?? store.nearest(all[200]!.id)).toBeDefined();
  });

  it('keeps the first of a kind, and those that a page names, beyond the newest', () => {
    const store = new EvidenceStore({ perGroup: 3, namedPerGroup: 2, groups: 5, bytes: 1e6 });
    for (let i = 0; i < 100; i++)
      store.add(fresh({ requestId: `req_number_${i}`, ...(i % 20 === 10 ? { named: true } : {}) }));
    const [group] = store.list({});
    expect(group!.records.map(({ requestId }) => requestId)).toEqual(
      [99, 98, 97, 90, 70, 0].map((i) => `req_number_${i}`),
    );
    expect(group!.total).toBe(100);
  });

  it('keeps the newest and the first of a kind also when room is short', () => {
    const store = new EvidenceStore({ perGroup: 50, namedPerGroup: 50, groups: 5, bytes: 3000 });
    for (let i = 0; i < 60; i++) store.add(fresh({ requestId: `req_number_${i}`, named: true }));
    const records = store.list({})[0]!.records.map(({ requestId }) => requestId);
    expect(records.length).toBeGreaterThan(2);
    expect([records[0], records.at(-1)]).toEqual(['req_number_59', 'req_number_0']);
  });

  it('finds the newest of its kind for an ID that is no longer kept', () => {
    const store = new EvidenceStore({ perGroup: 1, namedPerGroup: 0, groups: 5, bytes: 1e6 });
    const [, second] = [store.add(fresh())!, store.add(fresh())!, store.add(fresh({ provider: 'other' }))!];
    const newest = store.add(fresh())!;
    expect(store.find(second.id)).toBeUndefined();
    expect(store.nearest(second.id)).toBe(newest);
    expect(store.nearest('aaaaaaa-bbbbbbbb')).toBeUndefined();
    expect(store.nearest('')).toBeUndefined();
  });

  it('stays within every limit for any sequence, and the newest failure is always kept', () => {
    const limits = { perGroup: 3, namedPerGroup: 2, groups: 8, bytes: 6000 };
    const kinds = fc.record({
      provider: fc.constantFrom('a', 'b', 'c'),
      code: fc.nat(20).map(String),
      message: fc.string({ maxLength: 200 }),
      named: fc.option(fc.constant(true), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(kinds, { maxLength: 60 }), (all) => {
        const store = new EvidenceStore(limits);
        let evicted = 0;
        store.onEvict = () => evicted++;
        for (const kind of all) {
          const kept = store.add(fresh(kind))!;
          expect(store.find(kept.id)).toBe(kept);
          expect(store.list({}).length).toBeLessThanOrEqual(limits.groups);
          expect(store.heldBytes).toBeLessThanOrEqual(limits.bytes);
          const most = limits.perGroup + limits.namedPerGroup + 1;
          for (const g of store.list({})) expect(g.records.length).toBeLessThanOrEqual(most);
        }
        const listed = store.list({}).reduce((sum, g) => sum + g.records.length, 0);
        expect(listed).toBe(store.size);
        expect(listed + evicted).toBe(all.length);
      }),
      { numRuns: 200, seed: 11 },
    );
  });
});

describe('evidence on disk', () => {
  const folder = (): Disposable & { path: string } => {
    const path = mkdtempSync(join(tmpdir(), 'faultlayer-evidence-'));
    return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
  };

  it('survives a restart, as bounded as the store', () => {
    if (!sqliteIsQuiet()) {
      console.info(`Node ${process.versions.node} prints a warning for node:sqlite: refused there`);
      expect(() => keepOnDisk(new EvidenceStore(), ':memory:', QUIET)).toThrow('Node 24');
      return;
    }
    using dir = folder();
    const file = join(dir.path, 'evidence.db');
    const limits = { perGroup: 2, namedPerGroup: 2, groups: 10, bytes: 1e6 };
    const first = new EvidenceStore(limits);
    const disk = keepOnDisk(first, file, QUIET);
    for (let i = 0; i < 5; i++) disk.record(first.add(fresh({ requestId: `req_number_${i}` }))!);
    disk.close();
    const second = new EvidenceStore(limits);
    const again = keepOnDisk(second, file, QUIET);
    expect(second.list({})[0]!.records.map((r) => r.requestId)).toEqual([4, 3, 0].map((i) => `req_number_${i}`));
    expect(second.list({})[0]!.total).toBe(5);
    again.record(second.add(fresh({ requestId: 'req_number_5' }))!);
    expect(second.list({})[0]!.total).toBe(6);
    expect(second.find(first.list({})[0]!.records[0]!.id)).toBeDefined();
    again.close();
  });

  it('is written again once a lock is gone, and says so once', { timeout: 30_000 }, async () => {
    if (!sqliteIsQuiet()) return expect(sqliteIsQuiet('22.15.0')).toBe(false);
    using dir = folder();
    const file = join(dir.path, 'evidence.db');
    const said: string[] = [];
    let failures = 0;
    const store = new EvidenceStore();
    const disk = keepOnDisk(store, file, { say: (message) => said.push(message), failed: () => failures++ });
    const other = openDatabase(file);
    other.exec('BEGIN IMMEDIATE');
    disk.record(store.add(fresh({ requestId: 'req_while_locked' }))!);
    await waitFor(() => failures > 0, 'a try that fails', 20_000);
    expect(disk.trouble()).toMatch(/locked/);
    expect(disk.waiting()).toBeGreaterThan(0);
    other.exec('COMMIT');
    await waitFor(() => disk.waiting() === 0, 'the next try', 20_000);
    expect(disk.trouble()).toBeUndefined();
    expect(said).toEqual([expect.stringMatching(/cannot be written .* locked/), expect.stringMatching(/again$/)]);
    expect(other.prepare('SELECT record FROM failure').get()?.['record']).toContain('req_while_locked');
    other.close();
    disk.close();
  });

  it('is written again once a full disk has room', { timeout: 60_000 }, async () => {
    if (!sqliteIsQuiet()) return expect(sqliteIsQuiet('22.15.0')).toBe(false);
    using dir = folder();
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', dir.path]);
    if (mounted.status !== 0) return console.info('not tried: no file system of 1 MiB can be mounted here');
    try {
      const file = join(dir.path, 'evidence.db');
      const said: string[] = [];
      let failures = 0;
      const store = new EvidenceStore();
      const disk = keepOnDisk(store, file, { say: (message) => said.push(message), failed: () => failures++ });
      const filler = join(dir.path, 'filler');
      expect(() => writeFileSync(filler, Buffer.alloc(2 ** 20))).toThrow('ENOSPC');
      for (let i = 0; i < 200; i++) disk.record(store.add(fresh({ code: `code_${i}`, message: 'm'.repeat(200) }))!);
      await waitFor(() => failures > 0, 'a try that fails', 20_000);
      expect(disk.trouble()).toMatch(/full|I\/O error/);
      rmSync(filler);
      await waitFor(() => disk.waiting() === 0, 'the next try', 20_000);
      expect(disk.trouble()).toBeUndefined();
      expect(said).toEqual([expect.stringMatching(/cannot be written/), expect.stringMatching(/again$/)]);
      disk.close();
      const again = new EvidenceStore();
      keepOnDisk(again, file, QUIET).close();
      expect(again.size).toBe(store.size);
    } finally {
      spawnSync('umount', ['-l', dir.path]);
    }
  });

  it('tells of a file that was removed, and begins another', { timeout: 30_000 }, async () => {
    if (!sqliteIsQuiet()) return expect(sqliteIsQuiet('22.15.0')).toBe(false);
    using dir = folder();
    const file = join(dir.path, 'evidence.db');
    const said: string[] = [];
    const store = new EvidenceStore();
    const disk = keepOnDisk(store, file, { say: (message) => said.push(message), failed: () => {} });
    const record = async (requestId: string) => {
      disk.record(store.add(fresh({ requestId }))!);
      await waitFor(() => disk.waiting() === 0, `${requestId} on disk`, 20_000);
    };
    await record('req_before');
    for (const name of readdirSync(dir.path)) rmSync(join(dir.path, name));
    await record('req_after');
    expect(said).toEqual([expect.stringMatching(/the file was removed/), expect.stringMatching(/again$/)]);
    disk.close();
    const again = new EvidenceStore();
    keepOnDisk(again, file, QUIET).close();
    expect(again.list({}).flatMap(({ records }) => records.map((r) => r.requestId))).toEqual(['req_after']);
  });

  it('cannot begin where there is no folder, and claims nothing of a file', () => {
    if (!sqliteIsQuiet()) return expect(sqliteIsQuiet('22.15.0')).toBe(false);
    using dir = folder();
    const said: string[] = [];
    const begin = () =>
      keepOnDisk(new EvidenceStore(), join(dir.path, 'none/evidence.db'), {
        say: (message) => said.push(message),
        failed: () => {},
      });
    expect(begin).toThrow('ENOENT');
    expect(said).toEqual([]);
  });

  it('remembers when a version of a service was seen first', () => {
    if (!sqliteIsQuiet()) return expect(sqliteIsQuiet('22.15.0')).toBe(false);
    using dir = folder();
    const file = join(dir.path, 'evidence.db');
    const first = keepOnDisk(new EvidenceStore(), file, QUIET);
    expect(first.firstSeen('checkout', '1.0', 1000)).toBe(1000);
    first.close();
    const second = keepOnDisk(new EvidenceStore(), file, QUIET);
    expect(second.firstSeen('checkout', '1.0', 2000)).toBe(1000);
    expect(second.firstSeen('checkout', '1.1', 2000)).toBe(2000);
    second.close();
  });

  it('begins anew beside what it cannot read, and leaves out rows that a page could not show', () => {
    if (!sqliteIsQuiet()) return expect(sqliteIsQuiet('22.15.0')).toBe(false);
    using dir = folder();
    const file = join(dir.path, 'evidence.db');
    writeFileSync(file, 'no database '.repeat(500));
    const said: string[] = [];
    const first = keepOnDisk(new EvidenceStore(), file, { say: (message) => said.push(message), failed: () => {} });
    expect(said.join()).toMatch(/kept as .*damaged-\d{14}/);
    expect(readdirSync(dir.path).some((name) => name.includes('.damaged-'))).toBe(true);
    first.close();
    const db = openDatabase(file);
    const { timings: _, ...old } = failure({ id: 'aaaaaaa-bbbbbbbb' });
    for (const [id, row] of Object.entries({ old, bad: { ...old, requestBody: 5 }, worse: { id: 'x', layer: 'nope' } }))
      db.prepare('INSERT INTO failure VALUES (?, 1, ?)').run(id, JSON.stringify(row));
    db.close();
    const store = new EvidenceStore();
    keepOnDisk(store, file, QUIET).close();
    expect(store.list({}).flatMap(({ records }) => records)).toEqual([{ ...old, timings: {} }]);
  });
});

describe('failures as log records', () => {
  it('are one JSON line each, in a file', async () => {
    const path = mkdtempSync(join(tmpdir(), 'faultlayer-log-'));
    const file = join(path, 'failures.log');
    {
      await using c = await collectorUnderTest({ evidenceLog: file });
      await c.fail(...INCIDENTS, { ...INCIDENTS[0]!, 'api.provider.code': 'a\n{"event":"forged"}\u001b[2J' });
      const lines = () => readFileSync(file, 'utf8').trimEnd().split('\n');
      await waitFor(() => lines().length === INCIDENTS.length + 1, 'all lines');
      for (const line of lines()) expect(JSON.parse(line)).toMatchObject({ event: 'api.failure', severity: 'WARN' });
      expect(lines().join('')).not.toContain('\u001b');
    }
    rmSync(path, { recursive: true, force: true });
  });

  it('are sent as OTLP logs with trace context', async () => {
    const bodies: string[] = [];
    await using sink = await httpServer((req, res) => {
      let body = '';
      req.setEncoding('utf8').on('data', (text: string) => (body += text));
      req.on('end', () => {
        bodies.push(body);
        res.end('{}');
      });
    });
    await using c = await collectorUnderTest({ evidenceLogsEndpoint: `http://127.0.0.1:${sink.port}/v1/logs` });
    await c.fail(...INCIDENTS);
    await waitFor(() => bodies.length > 0, 'a logs request');
    const { resourceLogs } = JSON.parse(bodies[0]!) as {
      resourceLogs: { scopeLogs: { logRecords: Record<string, unknown>[] }[] }[];
    };
    const records = resourceLogs.flatMap((r) => r.scopeLogs[0]!.logRecords);
    expect(records).toHaveLength(INCIDENTS.length);
    expect(records[0]).toMatchObject({
      severityNumber: 13,
      eventName: 'api.failure',
      traceId: expect.stringMatching(/^[\da-f]{32}$/),
    });
    expect(bodies[0]).toContain('"api.provider.request_id"');
  });
});
