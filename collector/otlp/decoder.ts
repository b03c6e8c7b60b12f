import type { Dictionary } from '../../src/aggregate/dictionary.ts';
import type { Batch } from '../../src/aggregate/index.ts';
import { RowBuilder } from '../../src/aggregate/row-builder.ts';
import { DecoderModule } from './decoder-module.ts';
import { FailedRanges } from './failed-range.ts';
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
  readonly rows: RowBuilder;
  readonly failed = new FailedRanges();
  /** What was decoded last. */
  readonly batch: Batch;
  private readonly module: DecoderModule;
  private generation = 0;

  constructor(dictionaries: readonly Dictionary[]) {
    this.rows = new RowBuilder(dictionaries);
    this.module = new DecoderModule(
      {
        unknown: (column, start, end) => {
          const dictionary = dictionaries[column]!;
          dictionary.by.owner = this.module.resource[0]!;
          return dictionary.ofBytes(this.module.body, start, end);
        },
        status: (code) => this.rows.status(code),
        weight: (start, end, random) => this.rows.weight(ascii.decode(this.bytes(start, end)), random),
        lostHost: (row, start, end) => this.rows.lostHost(this.batch, row, utf8.decode(this.bytes(start, end))),
        failed: (start, end, resourceStart, resourceEnd, row) =>
          void this.failed.found.push({ start, end, resourceStart, resourceEnd, row }),
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
    const { batch, module, rows: built, failed } = this;
    this.forgetReused();
    built.begin(batch);
    failed.found = [];
    const { rows, ...decoded } = module.decode(body, failed.wanted);
    batch.rows = rows;
    built.decoded = decoded;
    return batch;
  }

  private bytes(start: number, end: number): Uint8Array {
    return this.module.body.subarray(start, end);
  }

  /** Dictionary ids may have changed hands since the last body. */
  private forgetReused(): void {
    let generation = 0;
    for (const dictionary of this.rows.dictionaries) generation += dictionary.generation;
    if (generation === this.generation) return;
    this.generation = generation;
    this.module.forget();
  }
}
