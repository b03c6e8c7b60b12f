import type { Column } from '../../src/aggregate/columns.ts';
import type { Dictionary } from '../../src/aggregate/dictionary.ts';
import { type Field, RESOURCE_FIELDS, SPAN_FIELDS } from '../../src/aggregate/fields.ts';
import { Batch, DOUBLES, INTS } from '../../src/aggregate/index.ts';
import { LIMITS } from '../limits.ts';
import { MODULE } from './generated/decoder.ts';
import type { Encoding } from './signals.ts';

/** The member names of OTLP/JSON that are read, besides `key`; assembly/ has their numbers from one on. */
export const JSON_NAMES = [
  'resourceSpans',
  'resource',
  'scopeSpans',
  'spans',
  'attributes',
  'value',
  'traceId',
  'spanId',
  'traceState',
  'kind',
  'startTimeUnixNano',
  'endTimeUnixNano',
  'stringValue',
  'intValue',
  'doubleValue',
  'boolValue',
] as const;

export type Rejection = 'invalid_id' | 'too_many_spans';

/** What one body held. */
export interface Decoded {
  readonly spans: number;
  /** Spans that are no outbound HTTP calls. */
  readonly ignored: number;
  readonly rejected: Readonly<Record<Rejection, number>>;
}

/** What `assembly/host.ts` declares. Positions are counted from the body's beginning. */
export interface Host {
  unknown(column: number, start: number, end: number): number;
  status(code: number): number;
  weight(start: number, end: number, random: number): number;
  lostHost(row: number, start: number, end: number): void;
  failed(start: number, end: number, resourceStart: number, resourceEnd: number, row: number): void;
  malformed(fault: number, field: number): never;
  numberOf(start: number, end: number): number;
  meaning(start: number, end: number): number;
}

type Address = WebAssembly.Global<'i32'>;

/** What `assembly/index.ts` exports. */
export interface Exports extends WebAssembly.Exports {
  readonly memory: WebAssembly.Memory;
  readonly BODY: Address;
  readonly RESOURCE: Address;
  readonly ROWS_INTS: Address;
  readonly ROWS_NUMBERS: Address;
  readonly SPAN_KEYS: Address;
  readonly RESOURCE_KEYS: Address;
  readonly JSON_NAMES: Address;
  readonly KEY_FIELDS: Address;
  readonly KEY_BYTES: Address;
  readonly KEY_BYTES_END: Address;
  readonly rows: Address;
  readonly spans: Address;
  readonly ignored: Address;
  readonly invalidIds: Address;
  readonly tooMany: Address;
  decodeProtobuf(size: number, wantFailed: boolean): void;
  decodeJson(size: number, wantFailed: boolean): void;
  /** Lays the memory out; returns the bytes it takes. */
  setUp(spellings: number, rows: number, body: number): number;
  addColumn(column: number, slots: number, bytes: number): number;
  forget(): void;
}

let compiled: WebAssembly.Module | undefined;

const PAGE = 65_536;
/** Of a slot in assembly/spellings.ts. */
const SLOT_BYTES = 16;

/** Room for the spellings of a label's values: two for each, and some to spare. */
function spellingRoom({ budget, maxLength }: Column): { slots: number; bytes: number } {
  const most = budget * 2 + 64;
  return { slots: 2 ** Math.ceil(Math.log2(most * 2)), bytes: most * maxLength };
}

/** One instance of the decoder's module and the views on its memory, which has one size for good. */
export class DecoderModule {
  /** The last body's bytes, and then those of earlier ones. */
  readonly body: Uint8Array;
  readonly batch: Batch;
  /** Ids of the service, version and environment of the resource being read. */
  readonly resource: Uint32Array;
  private readonly module: Exports;

  /** Throws where there is no WebAssembly (`--jitless`). */
  constructor(host: Host, dictionaries: readonly Dictionary[]) {
    compiled ??= new WebAssembly.Module(Buffer.from(MODULE, 'base64'));
    const imports = { host: host as unknown as WebAssembly.ModuleImports };
    this.module = new WebAssembly.Instance(compiled, imports).exports as Exports;
    this.layOut(dictionaries.map(({ column }) => column));
    const { memory, BODY, RESOURCE, ROWS_INTS, ROWS_NUMBERS } = this.module;
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
    this.keys();
  }

  /** What the body held; the host's `malformed` throws out of it. */
  decode(body: Uint8Array, encoding: Encoding, wantFailed: boolean): Decoded & { readonly rows: number } {
    const { module } = this;
    this.body.set(body);
    if (encoding === 'json') module.decodeJson(body.length, wantFailed);
    else module.decodeProtobuf(body.length, wantFailed);
    return {
      rows: module.rows.value,
      spans: module.spans.value,
      ignored: module.ignored.value,
      rejected: { invalid_id: module.invalidIds.value, too_many_spans: module.tooMany.value },
    };
  }

  forget(): void {
    this.module.forget();
  }

  /** Takes the memory that the limits and the labels' budgets ask for. */
  private layOut(columns: readonly Column[]): void {
    const { memory, setUp, addColumn } = this.module;
    const rooms = columns.map(spellingRoom);
    const spellings = rooms.reduce((sum, { slots, bytes }) => sum + slots * SLOT_BYTES + bytes, 0);
    const size = setUp(spellings, LIMITS.spansPerRequest, LIMITS.bodyBytes);
    const pages = Math.ceil(size / PAGE) - memory.buffer.byteLength / PAGE;
    try {
      memory.grow(pages);
    } catch {
      throw new Error(
        `decoding would take ${Math.ceil(size / 2 ** 20)} MiB, which cannot be had: lower spansPerRequest or bodyBytes (collector/limits.ts) or a label's budget (src/aggregate/columns.ts)`,
      );
    }
    for (const [number, { slots, bytes }] of rooms.entries())
      if (!addColumn(number, slots, bytes))
        throw new Error(`no room for the spellings of ${columns[number]!.attribute}`);
  }

  /** Writes the tables of attribute keys and member names. */
  private keys(): void {
    const { memory, SPAN_KEYS, RESOURCE_KEYS, JSON_NAMES: NAMES, KEY_FIELDS, KEY_BYTES, KEY_BYTES_END } = this.module;
    const names = Object.fromEntries(JSON_NAMES.map((name, i) => [name, { kind: 0, target: i + 1 }]));
    let bytesAt = KEY_BYTES.value;
    for (const [at, fields] of [
      [SPAN_KEYS.value, SPAN_FIELDS],
      [RESOURCE_KEYS.value, RESOURCE_FIELDS],
      [NAMES.value, names],
    ] as const) {
      const room = { at, fields: KEY_FIELDS.value, bytesAt, bytesEnd: KEY_BYTES_END.value };
      bytesAt = writeKeys(memory.buffer, fields, room);
    }
  }
}

/** Where a table goes, and what there is room for, in bytes. */
interface Room {
  readonly at: number;
  readonly fields: number;
  readonly bytesAt: number;
  readonly bytesEnd: number;
}

/** Many times more slots than keys, so that a key nobody reads, as most are, nearly always meets an empty one. */
const SLOTS = 1024;

/**
 * Writes a table by whose slots assembly/keys.ts finds a key's field, and the keys' bytes from `bytesAt`; returns where those end. The slot follows
 * from length and last four bytes, which tell our keys apart.
 */
function writeKeys(memory: ArrayBuffer, fields: Readonly<Record<string, Field>>, room: Room): number {
  const rows = Object.entries(fields);
  if (rows.length * 16 > room.fields) throw new Error('the keys need a larger table');
  const view = new DataView(memory);
  let bytesAt = room.bytesAt;
  for (const [number, [key, { kind, target }]] of rows.entries()) {
    const bytes = Buffer.from(key);
    if (bytes.length < 4 || bytesAt + bytes.length > room.bytesEnd)
      throw new Error('a key is too short, or does not fit');
    const tail = bytes.readInt32LE(bytes.length - 4);
    let slot = Math.imul(tail ^ bytes.length, 0x9e3779b1) >>> 22;
    while (view.getUint8(room.at + slot) !== 0) slot = (slot + 1) % SLOTS;
    view.setUint8(room.at + slot, number + 1);
    const at = room.at + SLOTS + number * 16;
    view.setUint32(at, bytes.length, true);
    view.setInt32(at + 4, tail, true);
    view.setUint32(at + 8, bytesAt, true);
    view.setUint16(at + 12, kind, true);
    view.setUint16(at + 14, target, true);
    new Uint8Array(memory).set(bytes, bytesAt);
    bytesAt += bytes.length;
  }
  return bytesAt;
}
