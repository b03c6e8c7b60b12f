import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { EVENT_NAME, logAttributesOf, logLineOf, SEVERITY } from '../../src/evidence/log.ts';
import { type FailureRecord, headlineOf } from '../../src/evidence/record.ts';
import { VERSION } from '../../src/version.ts';

/** Records that wait for the next request; more are dropped. */
const QUEUE_MAX = 2048;
const BATCH_MAX = 512;
const EVERY_MS = 1000;
const TIMEOUT_MS = 10_000;

/** Sends one OTLP log record per failure (OTLP/HTTP, JSON encoding). Best effort: a batch that is refused is not sent again. */
export function logsSender(endpoint: string, trouble: (message: string) => void) {
  if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint))
    throw new Error('FAULTLAYER_EVIDENCE_LOGS_ENDPOINT must be an http(s) URL');
  const queue: FailureRecord[] = [];
  let timer: NodeJS.Timeout | undefined;
  let told = false;
  let full = false;
  const send = async (): Promise<void> => {
    timer = undefined;
    const batch = queue.splice(0, BATCH_MAX);
    if (batch.length === 0) return;
    if (queue.length > 0) timer = setTimeout(() => void send(), EVERY_MS).unref();
    try {
      const response = await fetch(endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(payloadOf(batch)),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`status ${response.status}`);
      told = false;
    } catch (error) {
      if (!told) trouble(`log records were not taken by ${endpoint}: ${(error as Error).message}`);
      told = true;
    }
  };
  return {
    add(record: FailureRecord): void {
      if (queue.length < QUEUE_MAX) queue.push(record);
      else if (!full) trouble(`log records are dropped: they come faster than ${endpoint} takes them`);
      full = queue.length === QUEUE_MAX;
      timer ??= setTimeout(() => void send(), EVERY_MS).unref();
    },
    close(): void {
      clearTimeout(timer);
      void send();
    },
  };
}

type AnyValue = { stringValue: string } | { doubleValue: number } | { intValue: string } | { boolValue: boolean };

const anyValue = (value: string | number | boolean): AnyValue => {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
};

/** ExportLogsServiceRequest in the JSON encoding: one resource per service. */
function payloadOf(batch: readonly FailureRecord[]): unknown {
  const services = new Map<string, FailureRecord[]>();
  for (const r of batch) services.set(r.service, [...(services.get(r.service) ?? []), r]);
  return {
    resourceLogs: [...services].map(([service, records]) => ({
      resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
      scopeLogs: [{ scope: { name: 'faultlayer', version: VERSION }, logRecords: records.map(logRecordOf) }],
    })),
  };
}

const logRecordOf = (r: FailureRecord): unknown => ({
  timeUnixNano: `${Math.round(r.startMs + r.durationMs)}000000`,
  severityNumber: SEVERITY.number,
  severityText: SEVERITY.text,
  eventName: EVENT_NAME,
  body: {
    stringValue: `${r.method} ${r.template ?? r.host}: ${r.layer} ${headlineOf(r)}`,
  },
  traceId: r.traceId,
  spanId: r.spanId,
  attributes: logAttributesOf(r).map(([key, value]) => ({ key, value: anyValue(value) })),
});

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
