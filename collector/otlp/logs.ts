import { type JsonObject, lists, parseObject } from './json-objects.ts';
import { MessageReader } from './protobuf-reader.ts';
import type { Encoding } from './signals.ts';

/** How many log records an ExportLogsServiceRequest holds; they are counted and dropped. Throws Malformed. */
export function countLogs(body: Uint8Array, encoding: Encoding): number {
  return encoding === 'json' ? countJson(parseObject(body)) : new Counting().count(body);
}

const LOG_RECORDS = 0x12;

class Counting extends MessageReader {
  count(body: Uint8Array): number {
    this.open(body);
    let records = 0;
    this.fields(0, body.length, (tag, from, to) => {
      if (tag !== 0x0a) return;
      this.fields(from, to, (inner, start, end) => {
        if (inner !== LOG_RECORDS) return;
        this.fields(start, end, (record) => {
          if (record === LOG_RECORDS) records++;
        });
      });
    });
    return records;
  }
}

const countJson = (request: JsonObject): number =>
  lists(request, 'resourceLogs')
    .flatMap((resource) => lists(resource, 'scopeLogs'))
    .reduce((sum, scope) => sum + lists(scope, 'logRecords').length, 0);
