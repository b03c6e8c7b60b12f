import { COLUMNS, RESOURCE_FIELDS, SPAN_FIELDS } from '../../src/aggregate/columns.ts';
import type { Dictionary } from '../../src/aggregate/dictionary.ts';
import { Batch, COLUMN, DOUBLES, INTS } from '../../src/aggregate/index.ts';
import { weightOfState, wholeWeight } from '../../src/sampling/threshold.ts';
import { LIMITS } from '../limits.ts';
import { MODULE } from './generated/decoder.ts';
import { Malformed } from './messages.ts';
import type { Encoding } from './signals.ts';

/** The member names of OTLP/JSON that are read, besides `key`; assembly/ has their numbers from one on. */
export const JSON_NAMES: readonly string[] = (
  'resourceSpans resource scopeSpans spans attributes value traceId spanId traceState kind startTimeUnixNano endTimeUnixNano ' +
  'stringValue intValue doubleValue boolValue'
).split(' ');

/** By their number in assembly/protobuf/wire.ts and assembly/json/scan.ts. */
const FAULTS: readonly ((detail: number, size: number) => string)[] = [
  () => 'a length reaches past the end of its message',
  () => 'a varint does not end',
  () => 'a field number is invalid',
  (field) => `field ${field} has the wrong wire type`,
  () => 'a wire type is not supported',
  () => 'a field reaches past the end of its message',
  (at, size) => (at >= size ? 'the JSON text ends too early' : `unexpected character at byte ${at}`),
  () => 'a string has an invalid escape',
  () => 'nested too deep',
];
const ascii = new TextDecoder('latin1');
const utf8 = new TextDecoder('utf-8');
const encoder = new TextEncoder();
/** Numbers in quotes, as OTLP/JSON has them. */
const QUOTED_NUMBER = /^(?:-?\d.*|NaN|-?Infinity)$/;
/** Of WebAssembly's memory. */
const PAGE = 65_536;

/** What one body held. */
export interface Decoded {
  readonly spans: number;
  /** Spans that are no outbound HTTP calls. */
  readonly ignored: number;
  readonly rejected: Readonly<Record<'invalid_id' | 'too_many_spans', number>>;
}

/** Where a span stands in the body that failed, or may have: its own bytes and its resource's. */
export interface FailedRange {
  readonly start: number;
  readonly end: number;
  readonly resourceStart: number;
  readonly resourceEnd: number;
  /** Its row of the batch. */
  readonly row: number;
}

type Address = WebAssembly.Global<'i32'>;

/** What `assembly/index.ts` exports. */
export interface Exports extends WebAssembly.Exports {
  readonly memory: WebAssembly.Memory;
  readonly BODY: Address;
  readonly COUNTS: Address;
  readonly RESOURCE: Address;
  readonly ROWS_INTS: Address;
  readonly ROWS_NUMBERS: Address;
  readonly SPAN_KEYS: Address;
  readonly RESOURCE_KEYS: Address;
  readonly JSON_NAMES: Address;
  decodeProtobuf(size: number, wantFailed: boolean): void;
  decodeJson(size: number, wantFailed: boolean): void;
  addColumn(column: number, budget: number, maxLength: number): void;
  setUp(rows: number, body: number): number;
  addKey(table: number, kind: number, target: number, length: number): number;
  forget(): void;
}

let compiled: WebAssembly.Module | undefined;

/**
 * Reads an ExportTraceServiceRequest in one pass and looks only at what the metrics need. Label values are found by their bytes. WebAssembly
 * does it (assembly/), in a memory that has one size for good, and asks here for what is rare.
 */
export class Decoder {
  /** What was decoded last. */
  readonly batch: Batch;
  decoded: Decoded = { spans: 0, ignored: 0, rejected: { invalid_id: 0, too_many_spans: 0 } };
  /** Failed spans of the body decoded last, where somebody wants them. */
  failed: FailedRange[] = [];
  private readonly dictionaries: readonly Dictionary[];
  private readonly module: Exports;
  /** The last body's bytes, and then those of earlier ones. */
  private readonly body: Uint8Array;
  /** What became of the last body's spans; `Counts` in assembly/rows.ts. */
  private readonly counts: Uint32Array;
  /** Ids of the service, version and environment of the resource being read. */
  private readonly resource: Uint32Array;
  private size = 0;
  private generation = 0;
  private lastState = '';
  private lastWeight = 1;

  /** Throws where there is no WebAssembly (`--jitless`), or not enough memory for it. */
  constructor(dictionaries: readonly Dictionary[]) {
    this.dictionaries = dictionaries;
    compiled ??= new WebAssembly.Module(Buffer.from(MODULE, 'base64'));
    this.module = new WebAssembly.Instance(compiled, { host: this.host() }).exports as Exports;
    const { memory, addColumn, setUp } = this.module;
    for (const [number, { column }] of dictionaries.entries()) addColumn(number, column.budget, column.maxLength);
    const size = setUp(LIMITS.spansPerRequest, LIMITS.bodyBytes);
    try {
      memory.grow(Math.ceil(size / PAGE) - memory.buffer.byteLength / PAGE);
    } catch {
      throw new Error(
        `decoding would take ${Math.ceil(size / 2 ** 20)} MiB, which cannot be had: lower spansPerRequest or bodyBytes (collector/limits.ts) or a label's budget (src/aggregate/columns.ts)`,
      );
    }
    const { BODY, COUNTS, RESOURCE, ROWS_INTS, ROWS_NUMBERS } = this.module;
    this.counts = new Uint32Array(memory.buffer, COUNTS.value, 5);
    this.resource = new Uint32Array(memory.buffer, RESOURCE.value, 3);
    this.body = new Uint8Array(memory.buffer, BODY.value, LIMITS.bodyBytes);
    // The row after the last is the one being written.
    const capacity = LIMITS.spansPerRequest + 1;
    this.batch = new Batch(
      capacity,
      new Int32Array(memory.buffer, ROWS_INTS.value, capacity * INTS),
      new Float64Array(memory.buffer, ROWS_NUMBERS.value, capacity * DOUBLES),
    );
    this.batch.source = this.body;
    this.addKeys();
  }

  /** Throws Malformed; then there are no rows. */
  decode(body: Uint8Array, encoding: Encoding, wantFailed: boolean): Batch {
    const { batch, module } = this;
    this.forgetReused();
    batch.rows = 0;
    batch.lostHosts.clear();
    this.dictionaries[0]!.by.body++;
    this.failed = [];
    this.size = body.length;
    this.body.set(body);
    if (encoding === 'json') module.decodeJson(body.length, wantFailed);
    else module.decodeProtobuf(body.length, wantFailed);
    const { 0: rows = 0, 1: spans = 0, 2: ignored = 0, 3: invalid_id = 0, 4: too_many_spans = 0 } = this.counts;
    batch.rows = rows;
    this.decoded = { spans, ignored, rejected: { invalid_id, too_many_spans } };
    return batch;
  }

  /** What `assembly/host.ts` declares. Positions are counted from the body's beginning. */
  private host(): Record<string, (...positions: number[]) => unknown> {
    const { dictionaries } = this;
    return {
      unknown: (column, start, end) => {
        const dictionary = dictionaries[column]!;
        dictionary.by.owner = this.resource[0]!;
        return dictionary.ofBytes(this.body, start, end);
      },
      status: (code) => dictionaries[COLUMN.status]!.ofString(String(code)),
      weight: (start, end, random) => this.weight(this.text(start, end), random),
      lostHost: (row, start, end) => this.lostHost(row, this.text(start, end)),
      failed: (start, end, resourceStart, resourceEnd, row) =>
        void this.failed.push({ start, end, resourceStart, resourceEnd, row }),
      malformed: (fault, detail) => {
        throw new Malformed(FAULTS[fault]!(detail, this.size));
      },
      numberOf: (start, end) => {
        const text = ascii.decode(this.body.subarray(start, end));
        return QUOTED_NUMBER.test(text) ? Number(text) : Number.NaN;
      },
      meaning: (start, end) => {
        const text = JSON.parse(`"${this.text(start, end)}"`) as string;
        return encoder.encodeInto(text, this.body.subarray(start, end)).written;
      },
    };
  }

  /** Tells the module which attribute keys and member names are read. */
  private addKeys(): void {
    const { addKey, SPAN_KEYS, RESOURCE_KEYS, JSON_NAMES: NAMES } = this.module;
    const names = JSON_NAMES.map((name, i) => [name, { kind: 0, target: i + 1 }] as const);
    for (const [table, fields] of [
      [SPAN_KEYS, Object.entries(SPAN_FIELDS)],
      [RESOURCE_KEYS, Object.entries(RESOURCE_FIELDS)],
      [NAMES, names],
    ] as const)
      for (const [key, { kind, target }] of fields) {
        const { written } = encoder.encodeInto(key, this.body);
        if (!addKey(table.value, kind, target, written))
          throw new Error(`no room for the key ${key}, or it is too short`);
      }
  }

  /** How many calls a span with this tracestate stands for; `random` in [0, 1) makes it a whole number. */
  private weight(tracestate: string, random: number): number {
    if (tracestate !== this.lastState) {
      this.lastState = tracestate;
      this.lastWeight = weightOfState(tracestate);
    }
    return wholeWeight(this.lastWeight, random);
  }

  /** Keeps the host of a row whose address is one more than there is room for. */
  private lostHost(row: number, host: string): void {
    if (host.length <= COLUMNS[COLUMN.address]!.maxLength) this.batch.lostHosts.set(row, host);
    else this.batch.lostHosts.delete(row);
  }

  private text(start: number, end: number): string {
    return utf8.decode(this.body.subarray(start, end));
  }

  /** Dictionary ids may have changed hands since the last body. */
  private forgetReused(): void {
    let generation = 0;
    for (const dictionary of this.dictionaries) generation += dictionary.generation;
    if (generation === this.generation) return;
    this.generation = generation;
    this.module.forget();
  }
}
