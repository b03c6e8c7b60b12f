import { parentPort, workerData } from 'node:worker_threads';
import type { Change, Database } from './database.ts';

// Runs beside the collector, whose event loop must not wait for a disk or for another process's lock.
const { file, extension } = workerData as { file: string; extension: string };
// the sources are run by the tests, what was built of them by everybody else
const { openDatabase, write } = (await import(`./database${extension}`)) as typeof import('./database.ts');

const WAIT_MS = 1000;
let db: Database | undefined;

parentPort!.on('message', (changes: readonly Change[]) => {
  try {
    db ??= openDatabase(file, WAIT_MS);
    write(db, changes);
    parentPort!.postMessage(undefined);
  } catch (error) {
    // opened anew for the next try
    db?.close();
    db = undefined;
    parentPort!.postMessage((error as Error).message);
  }
});
