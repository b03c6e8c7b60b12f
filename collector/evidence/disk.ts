import { existsSync, renameSync } from 'node:fs';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { LAYER } from '../../src/contract/index.ts';
import { type FailureRecord, groupKey } from '../../src/evidence/record.ts';
import { type Change, openDatabase, type Work, write } from './database.ts';
import type { EvidenceStore } from './store.ts';

/** Changes are written together, at most this long after they happened. */
const FLUSH_MS = 500;
/** A write that failed is tried again, later each time. */
const RETRY_MS = [500, 1000, 2000, 5000];
/** Versions of services that are remembered. */
const VERSIONS = 5000;

/** `node:sqlite` exists without a warning from Node 24 on. */
export const sqliteIsQuiet = (version = process.versions.node): boolean => Number(version.split('.')[0]) >= 24;

/** What is told of the file: one line for people, and numbers for metrics. */
export interface Trouble {
  say(message: string): void;
  failed(): void;
}

const isText = (value: unknown): value is string => typeof value === 'string';
/** Members that a page cannot do without. */
const NEEDED = ['id', 'service', 'provider', 'method', 'url', 'host', 'traceId', 'spanId'] as const;
const NUMBERS = new Set(
  'startMs durationMs port status attempt retryAfter clockOffset tlsNotAfter deadline idle carried'.split(' '),
);
const OTHERS = new Set(
  'named authExpired idempotent requestBodyCut timings headers rateLimit batch stream answeredBy'.split(' '),
);
const isOfItsType = ([name, value]: [string, unknown]): boolean =>
  OTHERS.has(name) || (NUMBERS.has(name) ? Number.isFinite(value) : isText(value));

const isPairs = (value: unknown): boolean =>
  Array.isArray(value) && value.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isText));
const isNumbers = (value: unknown): boolean =>
  value === undefined || (typeof value === 'object' && Object.values(value ?? { a: '' }).every(Number.isFinite));

/** A row as a record; undefined for one that another version or another program wrote and that lacks what a page needs. */
function readRecord(text: unknown): FailureRecord | undefined {
  try {
    const record = JSON.parse(String(text)) as FailureRecord;
    const whole =
      NEEDED.every((name) => isText(record[name])) &&
      record.id !== '' &&
      Math.abs(record.startMs) < 8.64e15 &&
      Object.hasOwn(LAYER, record.layer) &&
      [record.headers, record.answeredBy ?? []].every(isPairs) &&
      [record.batch, record.stream].every(isNumbers);
    if (!whole || !Object.entries(record).every(isOfItsType)) return undefined;
    return {
      ...record,
      durationMs: record.durationMs ?? 0,
      attempt: record.attempt ?? 1,
      timings: timingsOf(record.timings),
    };
  } catch {
    // a line of somebody else's, or cut short
    return undefined;
  }
}

const timingsOf = (timings: unknown): Record<string, number> =>
  typeof timings === 'object' && timings !== null
    ? Object.fromEntries(
        Object.entries(timings).filter(([, seconds]) => typeof seconds === 'number' && Number.isFinite(seconds)),
      )
    : {};

/** Fills the store from the file. What is no database, or one of somebody else's, is set aside, and a new file begun. */
function fill(store: EvidenceStore, seen: Map<string, number>, file: string, say: (message: string) => void): void {
  try {
    load(store, seen, file);
  } catch (error) {
    if (/locked|busy/i.test((error as Error).message)) {
      say(`${file} is locked by another process; what it holds is shown after the next start`);
      return;
    }
    // its folder is missing, or not ours
    if (!existsSync(file)) throw error;
    const aside = `${file}.damaged-${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}`;
    renameSync(file, aside);
    for (const journal of ['-wal', '-shm']) if (existsSync(file + journal)) renameSync(file + journal, aside + journal);
    say(`${file} cannot be read (${(error as Error).message}); it is kept as ${aside}, and evidence begins anew`);
    load(store, seen, file);
  }
}

function load(store: EvidenceStore, seen: Map<string, number>, file: string): void {
  const db = openDatabase(file);
  try {
    for (const row of db.prepare('SELECT record FROM failure ORDER BY start').all()) {
      const record = readRecord(row['record']);
      if (record !== undefined) store.add(record);
    }
    for (const row of db.prepare('SELECT key, total FROM kind').all())
      store.restoreTotal(String(row['key']), Number(row['total']));
    for (const row of db.prepare('SELECT key, seen FROM version ORDER BY seen').all())
      seen.set(String(row['key']), Number(row['seen']));
  } finally {
    db.close();
  }
}

/**
 * Keeps what the store keeps in a SQLite file as well, and fills the store from it first. The store stays the only one that decides what is
 * kept, so the file is as bounded as it is. Writing happens on a thread of its own; what could not be written is tried again until it can be.
 */
export function keepOnDisk(store: EvidenceStore, file: string, trouble: Trouble) {
  if (!sqliteIsQuiet()) throw new Error(`evidence on disk needs Node 24 or newer, this is ${process.version}`);
  // the sources are run by the tests, what was built of them by everybody else
  const extension = extname(import.meta.url);
  const workerData: Work = { evidenceFile: file };
  const worker = new Worker(new URL(`./database${extension}`, import.meta.url), { workerData, execArgv: [] });
  worker.unref();
  /** Rows to write, by table and key; made when they are written, because most of a flood is gone by then. */
  const pending = new Map<string, () => Change>();
  const seen = new Map<string, number>();
  /** Being written just now. */
  let sent: readonly Change[] = [];
  let why: string | undefined;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;

  const take = (): readonly Change[] => {
    // newer changes of a row replace what could not be written of it
    const all = new Map(sent.map((change) => [`${change.table} ${change.key}`, change]));
    for (const [row, make] of pending) all.set(row, make());
    pending.clear();
    return [...all.values()];
  };
  const flush = (): void => {
    timer = undefined;
    sent = take();
    if (sent.length > 0) worker.postMessage(sent);
  };
  const later = (ms: number): void => {
    timer ??= setTimeout(flush, ms).unref();
  };
  const done = (problem: string | undefined): void => {
    if (problem === undefined) {
      sent = [];
      if (why !== undefined) trouble.say(`evidence is written to ${file} again`);
      why = undefined;
      failures = 0;
      if (pending.size > 0) later(FLUSH_MS);
      return;
    }
    if (why === undefined)
      trouble.say(`evidence cannot be written to ${file} and is kept in memory until it can: ${problem}`);
    why = problem;
    trouble.failed();
    later(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]!);
  };
  worker.on('message', done);
  worker.on('error', (error) => done(error.message));
  /** `read` gives the number of the row and its value, null for a row that goes. */
  const change = (table: Change['table'], key: string, read: () => Pick<Change, 'number' | 'value'>): void => {
    pending.set(`${table} ${key}`, () => ({ table, key, ...read() }));
    if (sent.length === 0) later(FLUSH_MS);
  };
  const failure = (record: FailureRecord, kept: boolean): void => {
    change('failure', record.id, () => ({ number: record.startMs, value: kept ? JSON.stringify(record) : null }));
    const kind = groupKey(record);
    change('kind', kind, () => {
      const number = store.totalOf(kind);
      return { number, value: number === 0 ? null : '' };
    });
  };
  store.onEvict = (record) => failure(record, false);
  // what no longer fits goes from the file as well
  fill(store, seen, file, trouble.say);
  return {
    /** When a version of a service was seen first, Unix seconds, before this start as well. */
    firstSeen: (service: string, name: string, now: number): number => {
      const key = JSON.stringify([service, name]);
      const known = seen.get(key);
      if (known !== undefined) return known;
      const [oldest] = seen.keys();
      if (seen.size >= VERSIONS && oldest !== undefined) {
        seen.delete(oldest);
        change('version', oldest, () => ({ number: 0, value: null }));
      }
      seen.set(key, now);
      change('version', key, () => ({ number: now, value: '' }));
      return now;
    },
    record: (record: FailureRecord): void => failure(record, true),
    /** Why nothing is written at present; undefined while all is well. */
    trouble: (): string | undefined => why && `evidence is not written: ${why}`,
    /** Changes that wait to be written. */
    waiting: (): number => pending.size + sent.length,
    close: (): void => {
      clearTimeout(timer);
      const last = take();
      void worker.terminate();
      if (last.length === 0) return;
      try {
        const db = openDatabase(file);
        write(db, last);
        db.close();
      } catch (error) {
        trouble.say(
          `the last ${last.length} changes of evidence were not written to ${file}: ${(error as Error).message}`,
        );
      }
    },
  };
}
export type Disk = ReturnType<typeof keepOnDisk>;
