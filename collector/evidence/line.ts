import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { logLineOf } from '../../src/evidence/log.ts';
import type { FailureRecord } from '../../src/evidence/record.ts';

/** A reader that does not keep up costs lines, not memory. */
const BUFFER_MAX = 1024 * 1024;

/** Writes one JSON line per failure to `stdout`, `stderr` or a file. Lines left out are counted and said in the next one that fits. */
export function lineWriter(
  target: string,
  trouble: (message: string) => void,
): { write(record: FailureRecord): void; close(): void } {
  const own = target !== 'stdout' && target !== 'stderr';
  const out: Writable = own
    ? createWriteStream(target, { flags: 'a', mode: 0o600 })
    : target === 'stdout'
      ? process.stdout
      : process.stderr;
  let broken = false;
  let left = 0;
  out.on('error', (error: Error) => {
    if (!broken) trouble(`failures are no longer logged to ${target}: ${error.message}`);
    broken = true;
  });
  return {
    write(record) {
      if (broken) return;
      if (out.writableLength > BUFFER_MAX) {
        left++;
        return;
      }
      if (left > 0) out.write(`${JSON.stringify({ event: 'api.failure.lines_dropped', count: left })}\n`);
      left = 0;
      out.write(`${logLineOf(record)}\n`);
    },
    close: () => {
      if (own) out.end();
    },
  };
}
