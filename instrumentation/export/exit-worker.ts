import { builtin } from '../base/builtin.ts';
import { now } from '../base/now.ts';
import type { Endpoint } from './endpoint.ts';

/** The file each form of this package keeps the thread in. */
const suffix = import.meta.url.endsWith('.cjs') ? '.bundle.cjs' : import.meta.url.endsWith('.ts') ? '.ts' : '.js';
/** A thread takes longer than this to start. */
const LEAST_MS = 50;

/** What the thread is given: an endpoint without what cannot be cloned. */
export interface ThreadData {
  readonly endpoint: Omit<Endpoint, 'url'> & { readonly url: string };
  readonly bodies: readonly Uint8Array[];
  /** Only to a collector of ours: it is asked first. */
  readonly onlyOurs: boolean;
  /** 1: delivered, 2: not. */
  readonly told: Int32Array;
}

/**
 * A thread with an event loop of its own sends what this one cannot any more, because its loop has ended: over TLS whose handshake is not
 * over, to a name that is still looked up. This thread waits for it, until `until` (monotonic ms) at most.
 * @returns whether all were delivered
 */
export function sendFromThread(
  endpoint: Endpoint,
  bodies: readonly Uint8Array[],
  until: number,
  onlyOurs = false,
): boolean {
  if (until - now() < LEAST_MS) return false;
  const { Worker } = builtin('node:worker_threads');
  const told = new Int32Array(new SharedArrayBuffer(4));
  const workerData: ThreadData = { endpoint: { ...endpoint, url: endpoint.url.href }, bodies, onlyOurs, told };
  // without the application's environment and arguments: its preloads, this one too, have no business there
  new Worker(new URL(`./exit-thread${suffix}`, import.meta.url), { workerData, execArgv: [], env: {} }).on(
    'error',
    () => {},
  );
  Atomics.wait(told, 0, 0, Math.max(0, until - now()));
  return told[0] === 1;
}
