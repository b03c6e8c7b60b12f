import type { Dictionary } from '../../src/aggregate/dictionary.ts';
import type { Batch } from '../../src/aggregate/index.ts';
import type { FailedSpans } from '../failed-spans.ts';
import { ProtobufModule } from './protobuf-module.ts';
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
 * Reads an ExportTraceServiceRequest in one pass and looks only at what the metrics need; everything else is stepped over by
 * its length. Label values are found by their bytes. WebAssembly does it (assembly/protobuf/), and asks here for what is rare.
 */
export class ProtobufDecoder {
  readonly sink: RowSink;
  /** What was decoded last. */
  readonly batch: Batch;
  private readonly module: ProtobufModule;
  private generation = 0;

  constructor(dictionaries: readonly Dictionary[]) {
    this.sink = new RowSink(dictionaries);
    this.module = new ProtobufModule(
      {
        unknown: (column, start, end) => dictionaries[column]!.ofNewBytes(this.module.body, start, end),
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
  decode(body: Uint8Array): Batch {
    const { batch, module, sink } = this;
    this.forgetReused();
    sink.begin(batch);
    const { rows, ...decoded } = module.decode(body, sink.wantFailed);
    batch.rows = rows;
    sink.decoded = decoded;
    return batch;
  }

  /** Hands the failed spans of the body just decoded to the listeners. */
  emitFailed(failed: FailedSpans, body: Uint8Array): void {
    failed.ranges(body, this.sink.failed, this.batch);
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
