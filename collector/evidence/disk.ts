import { closeSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { DatabaseSync } from 'node:sqlite';
import { type FailureRecord, groupKey } from '../../src/evidence/record.ts';
import type { EvidenceStore } from './store.ts';

/** Changes are written together, at most this long after they happened. */
const FLUSH_MS = 500;

/** `node:sqlite` exists without a warning from Node 24 on. */
export const sqliteIsQuiet = (version = process.versions.node): boolean => Number(version.split('.')[0]) >= 24;

/**
 * Keeps what the store keeps in a SQLite file as well, and fills the store from it first. The store stays the only one that decides what is
 * kept, so the file is as bounded as it is. A file that cannot be written later on is reported once; the store goes on in memory.
 */
export function keepOnDisk(
  store: EvidenceStore,
  file: string,
  trouble: (message: string) => void,
): { record(record: FailureRecord): void; close(): void } {
  if (!sqliteIsQuiet()) throw new Error(`evidence on disk needs Node 24 or newer, this is ${process.version}`);
  // Not a static import: on older Node lines even loading it prints a warning.
  const { DatabaseSync: Database } = createRequire(import.meta.url)('node:sqlite') as typeof import('node:sqlite');
  // SQLite gives its journals the mode of the file, and makes the file readable for everybody.
  closeSync(openSync(file, 'a', 0o600));
  const db: DatabaseSync = new Database(file, { timeout: 1000 });
  db.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE IF NOT EXISTS failure (id TEXT PRIMARY KEY, start REAL NOT NULL, record TEXT NOT NULL) STRICT; CREATE TABLE IF NOT EXISTS kind (key TEXT PRIMARY KEY, total INTEGER NOT NULL) STRICT',
  );
  for (const row of db.prepare('SELECT record FROM failure ORDER BY start').all()) {
    const record = readRecord(row['record']);
    if (record !== undefined) store.add(record);
  }
  for (const row of db.prepare('SELECT key, total FROM kind').all())
    store.restoreTotal(String(row['key']), Number(row['total']));
  const setTotal = db.prepare('INSERT OR REPLACE INTO kind (key, total) VALUES (?, ?)');
  const removeTotal = db.prepare('DELETE FROM kind WHERE key = ?');
  const insert = db.prepare('INSERT OR REPLACE INTO failure (id, start, record) VALUES (?, ?, ?)');
  const remove = db.prepare('DELETE FROM failure WHERE id = ?');
  let pending = new Map<string, FailureRecord | null>();
  let kinds = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let broken = false;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const changes = pending;
    const changedKinds = kinds;
    pending = new Map();
    kinds = new Set();
    if (broken || changes.size === 0) return;
    try {
      db.exec('BEGIN');
      for (const [id, record] of changes)
        if (record === null) remove.run(id);
        else insert.run(id, record.startMs, JSON.stringify(record));
      for (const key of changedKinds) {
        const total = store.totalOf(key);
        if (total === 0) removeTotal.run(key);
        else setTotal.run(key, total);
      }
      db.exec('COMMIT');
    } catch (error) {
      broken = true;
      trouble(`evidence is no longer written to ${file}: ${(error as Error).message}`);
    }
  };
  const change = (record: FailureRecord, kept: boolean): void => {
    if (broken) return;
    pending.set(record.id, kept ? record : null);
    kinds.add(groupKey(record));
    timer ??= setTimeout(flush, FLUSH_MS).unref();
  };
  store.onEvict = (record) => change(record, false);
  return {
    record: (record) => change(record, true),
    close: () => {
      flush();
      db.close();
    },
  };
}

/** A row another version wrote may lack what this one needs; such a row is left out. */
function readRecord(text: unknown): FailureRecord | undefined {
  try {
    const record = JSON.parse(String(text)) as FailureRecord;
    const whole = typeof record.id === 'string' && record.id !== '' && typeof record.startMs === 'number';
    return whole && Array.isArray(record.headers) && typeof record.layer === 'string' ? record : undefined;
  } catch {
    return undefined;
  }
}
