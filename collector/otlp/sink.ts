import type { Dictionary } from '../../src/aggregate/dictionary.ts';
import { type Batch, COLUMN, COLUMNS, DOUBLES, INTS, NUMBER } from '../../src/aggregate/index.ts';
import { weightOfState, wholeWeight } from '../../src/sampling/weight.ts';
import { LIMITS } from '../limits.ts';

export type Rejection = 'invalid_id' | 'too_many_spans';

/** What one body held. */
export interface Decoded {
  spans: number;
  /** Spans that are no outbound HTTP calls. */
  ignored: number;
  rejected: Record<Rejection, number>;
}

/** Where a span with `api.failure.layer` stands in the body: its own bytes and its resource's. */
export interface FailedRange {
  readonly start: number;
  readonly end: number;
  readonly resourceStart: number;
  readonly resourceEnd: number;
  /** Its row of the batch. */
  readonly row: number;
}

/** Turns decoded fields into rows of a batch, the same for both encodings. */
export class RowSink {
  readonly dictionaries: readonly Dictionary[];
  decoded: Decoded = { spans: 0, ignored: 0, rejected: { invalid_id: 0, too_many_spans: 0 } };
  /** Filled only when somebody listens. */
  failed: FailedRange[] = [];
  wantFailed = false;
  /** Ids of the resource's service, version and environment. */
  readonly resource = new Int32Array(3);
  private lastState = '';
  private lastWeight = 1;

  constructor(dictionaries: readonly Dictionary[]) {
    this.dictionaries = dictionaries;
  }

  begin(batch: Batch): void {
    batch.rows = 0;
    batch.lostHosts.clear();
    this.decoded = { spans: 0, ignored: 0, rejected: { invalid_id: 0, too_many_spans: 0 } };
    this.failed = [];
  }

  /** The label id of a status code that came as an integer. */
  status(code: number): number {
    return this.dictionaries[COLUMN.status]!.ofString(String(code));
  }

  /** Keeps the host of a row whose address is one more than there is room for. */
  lostHost(batch: Batch, row: number, host: string): void {
    if (host.length <= COLUMNS[COLUMN.address]!.maxLength) batch.lostHosts.set(row, host);
    else batch.lostHosts.delete(row);
  }

  weight(tracestate: string, random: number): number {
    if (tracestate !== this.lastState) {
      this.lastState = tracestate;
      this.lastWeight = weightOfState(tracestate);
    }
    return wholeWeight(this.lastWeight, random);
  }

  /** Takes the row in, or says why not. `seconds` may be negative or NaN; the aggregator judges it. */
  finish(batch: Batch, isClient: boolean, idsValid: boolean, seconds: number, endSeconds: number): boolean {
    this.decoded.spans++;
    const i = batch.rows * INTS;
    if (!idsValid) {
      this.decoded.rejected.invalid_id++;
      return false;
    }
    if (!isClient || (batch.ints[i + COLUMN.method] === 0 && batch.ints[i + COLUMN.statusClass] === 0)) {
      this.decoded.ignored++;
      return false;
    }
    if (batch.rows >= LIMITS.spansPerRequest) {
      this.decoded.rejected.too_many_spans++;
      return false;
    }
    batch.ints[i + COLUMN.service] = this.resource[0]!;
    batch.ints[i + COLUMN.version] = this.resource[1]!;
    batch.ints[i + COLUMN.environment] = this.resource[2]!;
    const n = batch.rows * DOUBLES;
    batch.numbers[n + NUMBER.duration] = seconds;
    batch.numbers[n + NUMBER.endSeconds] = endSeconds;
    batch.rows++;
    return true;
  }
}

/** Position in `resource` of a column filled from the resource. */
export const resourceSlot = (column: number): number =>
  column === COLUMN.service ? 0 : column === COLUMN.version ? 1 : 2;
