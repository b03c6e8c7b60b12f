import { recordOf } from '../../src/evidence/record.ts';
import { providerName } from '../../src/providers/index.ts';
import type { CollectorContext } from '../base/context.ts';
import { type Disk, keepOnDisk, type Trouble } from './disk.ts';
import { lineWriter, logsSender } from './logs.ts';
import { EvidenceStore } from './store.ts';

const RUNNING = new WeakMap<CollectorContext, { readonly store: EvidenceStore; readonly disk: Disk | undefined }>();

/** What keeps evidence from being written at present. */
export const evidenceTrouble = (ctx: CollectorContext): string | undefined => RUNNING.get(ctx)?.disk?.trouble();

/** The store of one running collector. */
export const storeOf = (ctx: CollectorContext): EvidenceStore => RUNNING.get(ctx)!.store;

/** Keeps, and where configured logs, every failed span the collector decodes. Throws when a configured file cannot be used. */
export function startEvidence(ctx: CollectorContext): void {
  const store = new EvidenceStore();
  const trouble = (message: string): void => void process.stderr.write(`faultlayer: ${message}\n`);
  const { evidenceFile, evidenceLog, evidenceLogsEndpoint } = ctx.config;
  const failed = ctx.self.made.counter('evidenceWriteFailures');
  const disk =
    evidenceFile === undefined
      ? undefined
      : openDisk(store, evidenceFile, { say: trouble, failed: () => failed.inc() });
  RUNNING.set(ctx, { store, disk });
  // else every restart of the collector looks like a deployment of every service
  if (disk !== undefined) ctx.aggregator.firstSeen = disk.firstSeen;
  const lines = evidenceLog === undefined ? undefined : lineWriter(evidenceLog, trouble);
  const logs = evidenceLogsEndpoint === undefined ? undefined : logsSender(evidenceLogsEndpoint, trouble);
  const stop = ctx.onFailedSpan((span) => {
    const seen = recordOf(span, (host) => providerName(host, ctx.config.providers));
    const record = seen && store.add(seen);
    if (record === undefined) return;
    disk?.record(record);
    lines?.write(record);
    logs?.add(record);
  });
  ctx.self.made.read('evidenceFailures', () => store.size);
  ctx.self.made.read('evidenceBytes', () => store.heldBytes);
  ctx.self.made.read('evidenceWaiting', () => disk?.waiting() ?? 0);
  ctx.onClose(() => {
    stop();
    disk?.close();
    lines?.close();
    logs?.close();
  });
}

function openDisk(store: EvidenceStore, file: string, trouble: Trouble): Disk {
  try {
    return keepOnDisk(store, file, trouble);
  } catch (error) {
    throw new Error(`FAULTLAYER_EVIDENCE_FILE: ${(error as Error).message}`);
  }
}
