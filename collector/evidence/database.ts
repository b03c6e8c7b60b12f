import { closeSync, existsSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/** A row to write, or to remove where `value` is null: a failure by its ID, a kind's or a version's number by its key. */
export interface Change {
  readonly table: 'failure' | 'kind' | 'version';
  readonly key: string;
  /** Unix milliseconds for a failure, the total for a kind, Unix seconds for a version. */
  readonly number: number;
  readonly value: string | null;
}

/** Milliseconds to wait for another process's lock. */
const WAIT_MS = 1000;

/** Opens the file, readable for this user only, and makes its tables. */
export function openDatabase(file: string): DatabaseSync {
  // Not a static import: on older Node lines even loading it prints a warning.
  const { DatabaseSync } = createRequire(import.meta.url)('node:sqlite') as typeof import('node:sqlite');
  // SQLite gives its journals the mode of the file, and makes the file readable for everybody.
  closeSync(openSync(file, 'a', 0o600));
  const db = new DatabaseSync(file, { timeout: WAIT_MS });
  try {
    db.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE IF NOT EXISTS failure (id TEXT PRIMARY KEY, start REAL NOT NULL, record TEXT NOT NULL) STRICT; CREATE TABLE IF NOT EXISTS kind (key TEXT PRIMARY KEY, total INTEGER NOT NULL) STRICT; CREATE TABLE IF NOT EXISTS version (key TEXT PRIMARY KEY, seen INTEGER NOT NULL) STRICT',
    );
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Writes all changes, or none. */
export function write(db: DatabaseSync, changes: readonly Change[]): void {
  const put = {
    failure: db.prepare('INSERT OR REPLACE INTO failure (id, start, record) VALUES (?, ?, ?)'),
    kind: db.prepare('INSERT OR REPLACE INTO kind (key, total) VALUES (?, ?)'),
    version: db.prepare('INSERT OR REPLACE INTO version (key, seen) VALUES (?, ?)'),
  };
  const remove = {
    failure: db.prepare('DELETE FROM failure WHERE id = ?'),
    kind: db.prepare('DELETE FROM kind WHERE key = ?'),
    version: db.prepare('DELETE FROM version WHERE key = ?'),
  };
  db.exec('BEGIN IMMEDIATE');
  try {
    for (const { table, key, number, value } of changes) {
      if (value === null) remove[table].run(key);
      else if (table === 'failure') put.failure.run(key, number, value);
      else put[table].run(key, number);
    }
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** Given to a worker that this very file is run as: the collector's event loop must not wait for a disk or for another process's lock. */
export interface Work {
  readonly evidenceFile: string;
}

const file = (workerData as Partial<Work> | null)?.evidenceFile;
if (file !== undefined) {
  let db: DatabaseSync | undefined;
  parentPort!.on('message', (changes: readonly Change[]) => {
    try {
      // SQLite goes on writing to what has no name any more
      if (db !== undefined && !existsSync(file)) throw new Error('the file was removed, and what it held with it');
      db ??= openDatabase(file);
      write(db, changes);
      parentPort!.postMessage(undefined);
    } catch (error) {
      // opened anew for the next try
      db?.close();
      db = undefined;
      parentPort!.postMessage((error as Error).message);
    }
  });
}
