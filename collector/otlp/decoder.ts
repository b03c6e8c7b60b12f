import type { Dictionary } from '../../src/aggregate/dictionary.ts';
import type { Batch } from '../../src/aggregate/index.ts';
import { DecoderModule } from './decoder-module.ts';
import type { Encoding } from './respond.ts';
import { RowSink } from './sink.ts';
import { Malformed } from './wire.ts';

/** By their number in assembly/decoder/protobuf/wire.ts. */
const FAULTS: readonly ((field: number) => string)[] = [
  () => 'a length reaches past the end of its message',
  () => 'a varint does not end',
  () => 'a field number is invalid',
  (field) => `field ${field} has the wrong wire type`,
  () => 'a wire type is not supported',
  () => 'a field reaches past the end of its message',
];
const ascii = new TextDecoder('latin1');
const utf8 = new TextDecoder('utf-8');

/** Thrown out of the module for a body that is left to JavaScript. */
class Rare extends Error {}

/**
 * Reads an ExportTraceServiceRequest in one pass and looks only at what the metrics need. Label values are found by their bytes. WebAssembly
 * does it (assembly/decoder/), and asks here for what is rare. It takes all protobuf, and JSON as serializers write it.
 */
export class Decoder {
  readonly sink: RowSink;
  /** What was decoded last. */
  readonly batch: Batch;
  private readonly module: DecoderModule;
  private generation = 0;

  constructor(dictionaries: readonly Dictionary[]) {
    this.sink = new RowSink(dictionaries);
    this.module = new DecoderModule(
      {
        unknown: (column, start, end) => dictionaries[column]!.ofBytes(this.module.body, start, end),
        status: (code) => this.sink.status(code),
        weight: (start, end, random) => this.sink.weight(ascii.decode(this.bytes(start, end)), random),
        lostHost: (row, start, end) => this.sink.lostHost(this.batch, row, utf8.decode(this.bytes(start, end))),
        failed: (start, end, resourceStart, resourceEnd, row) =>
          void this.sink.failed.push({ start, end, resourceStart, resourceEnd, row }),
        malformed: (fault, field) => {
          throw new Malformed(FAULTS[fault]!(field));
        },
        rare: () => {
          throw new Rare();
        },
      },
      dictionaries,
    );
    this.batch = this.module.batch;
  }

  /** Throws Malformed; then there are no rows. */
  protobuf(body: Uint8Array): Batch {
    return this.decode('protobuf', body);
  }

  /** Undefined for a body that is malformed, or sound but rare: JsonDecoder must say what it holds. */
  json(body: Uint8Array): Batch | undefined {
    const { dictionaries } = this.sink;
    const overflowed = dictionaries.map((dictionary) => dictionary.overflowed);
    try {
      return this.decode('json', body);
    } catch (error) {
      if (!(error instanceof Rare)) throw error;
      // What was refused will be refused again.
      for (const [i, dictionary] of dictionaries.entries()) dictionary.overflowed = overflowed[i]!;
      return undefined;
    }
  }

  private decode(encoding: Encoding, body: Uint8Array): Batch {
    const { batch, module, sink } = this;
    this.forgetReused();
    sink.begin(batch);
    const { rows, ...decoded } = module.decode(encoding, body, sink.wantFailed);
    batch.rows = rows;
    sink.decoded = decoded;
    return batch;
  }

  private bytes(start: number, end: number): Uint8Array {
    return this.module.body.subarray(start, end);
  }

  /** Dictionary ids may have changed hands since the last body. */
  private forgetReused(): void {
    let generation = 0;
    for (const dictionary of this.sink.dictionaries) generation += dictionary.generation;
    if (generation === this.generation) return;
    this.generation = generation;
    this.module.forget();
  }
}
