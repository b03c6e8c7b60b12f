import type { Column } from '../../src/aggregate/columns.ts';
import type { Dictionary } from '../../src/aggregate/dictionary.ts';
import { RESOURCE_FIELDS, SPAN_FIELDS } from '../../src/aggregate/fields.ts';
import { Batch, DOUBLES, INTS } from '../../src/aggregate/index.ts';
import type { Decoded } from '../../src/aggregate/row-builder.ts';
import { LIMITS } from '../limits.ts';
import { FieldTable } from './field-table.ts';
import { MODULE } from './generated/decoder.ts';

/** What `assembly/host.ts` declares. Positions are counted from the body's beginning. */
export interface Host {
  unknown(column: number, start: number, end: number): number;
  status(code: number): number;
  weight(start: number, end: number, random: number): number;
  lostHost(row: number, start: number, end: number): void;
  failed(start: number, end: number, resourceStart: number, resourceEnd: number, row: number): void;
  malformed(fault: number, field: number): never;
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
  readonly KEY_FIELDS: Address;
  readonly KEY_BYTES: Address;
  readonly KEY_BYTES_END: Address;
  readonly rows: Address;
  readonly spans: Address;
  readonly ignored: Address;
  readonly invalidIds: Address;
  readonly tooMany: Address;
  decodeProtobuf(size: number, wantFailed: boolean): void;
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
  decode(body: Uint8Array, wantFailed: boolean): Decoded & { readonly rows: number } {
    const { module } = this;
    this.body.set(body);
    module.decodeProtobuf(body.length, wantFailed);
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

  /** Writes the tables of attribute keys. */
  private keys(): void {
    const { memory, SPAN_KEYS, RESOURCE_KEYS, KEY_FIELDS, KEY_BYTES, KEY_BYTES_END } = this.module;
    let bytesAt = KEY_BYTES.value;
    for (const [table, fields] of [
      [SPAN_KEYS.value, SPAN_FIELDS],
      [RESOURCE_KEYS.value, RESOURCE_FIELDS],
    ] as const) {
      const room = { at: table, fields: KEY_FIELDS.value, bytesAt, bytesEnd: KEY_BYTES_END.value };
      bytesAt = new FieldTable(fields).write(memory.buffer, room);
    }
  }
}
