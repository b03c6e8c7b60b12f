import type { Dictionary } from '../../src/aggregate/dictionary.ts';
import type { Batch } from '../../src/aggregate/index.ts';
import { DecoderModule } from './decoder-module.ts';
import { RowSink } from './sink.ts';
import { Malformed } from './wire.ts';

/** By their number in assembly/protobuf/wire.ts. */
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

/**
 * Reads an ExportTraceServiceRequest in one pass and looks only at what the metrics need. Label values are found by their bytes. WebAssembly
 * does it (assembly/), and asks here for what is rare.
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
      },
      dictionaries,
    );
    this.batch = this.module.batch;
  }

  /** Throws Malformed; then there are no rows. */
  protobuf(body: Uint8Array): Batch {
    const { batch, module, sink } = this;
    this.forgetReused();
    sink.begin(batch);
    const { rows, ...decoded } = module.decode(body, sink.wantFailed);
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
