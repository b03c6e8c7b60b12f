import { COLUMNS } from '../../src/aggregate/columns.ts';
import type { Dictionary } from '../../src/aggregate/dictionary.ts';
import { type Batch, COLUMN } from '../../src/aggregate/index.ts';
import { weightOfState, wholeWeight } from '../../src/sampling/weight.ts';
import { type Decoded, DecoderModule } from './decoder-module.ts';
import { Malformed } from './protobuf-reader.ts';
import type { Encoding } from './signals.ts';

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

/** Where a span stands in the body that failed, or may have: its own bytes and its resource's. */
export interface FailedRange {
  readonly start: number;
  readonly end: number;
  readonly resourceStart: number;
  readonly resourceEnd: number;
  /** Its row of the batch. */
  readonly row: number;
}

/**
 * Reads an ExportTraceServiceRequest in one pass and looks only at what the metrics need. Label values are found by their bytes. WebAssembly
 * does it (assembly/), and asks here for what is rare.
 */
export class Decoder {
  /** What was decoded last. */
  readonly batch: Batch;
  decoded: Decoded = { spans: 0, ignored: 0, rejected: { invalid_id: 0, too_many_spans: 0 } };
  /** Failed spans of the body decoded last, where somebody wants them. */
  failed: FailedRange[] = [];
  private readonly dictionaries: readonly Dictionary[];
  private readonly module: DecoderModule;
  private size = 0;
  private generation = 0;
  private lastState = '';
  private lastWeight = 1;

  constructor(dictionaries: readonly Dictionary[]) {
    this.dictionaries = dictionaries;
    this.module = new DecoderModule(
      {
        unknown: (column, start, end) => {
          const dictionary = dictionaries[column]!;
          dictionary.by.owner = this.module.resource[0]!;
          return dictionary.ofBytes(this.module.body, start, end);
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
          const text = ascii.decode(this.module.body.subarray(start, end));
          return QUOTED_NUMBER.test(text) ? Number(text) : Number.NaN;
        },
        meaning: (start, end) => {
          const text = JSON.parse(`"${this.text(start, end)}"`) as string;
          return encoder.encodeInto(text, this.module.body.subarray(start, end)).written;
        },
      },
      dictionaries,
    );
    this.batch = this.module.batch;
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
    const { rows, ...decoded } = module.decode(body, encoding, wantFailed);
    batch.rows = rows;
    this.decoded = decoded;
    return batch;
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
    return utf8.decode(this.module.body.subarray(start, end));
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
