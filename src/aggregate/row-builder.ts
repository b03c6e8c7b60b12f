import { weightOfState, wholeWeight } from '../sampling/weight.ts';
import { type Batch, DOUBLES, INTS, REF } from './batch.ts';
import { COLUMN, COLUMNS, NUMBER } from './columns.ts';
import { type Dictionary, OVERFLOW_ID, type Owner } from './dictionary.ts';
import { type Field, KIND } from './fields.ts';
import { NOBODY } from './shares.ts';

/** What an attribute's value is, of the kinds a metric can use. */
export const TYPE = { other: 0, string: 1, bool: 2, int: 3, double: 4 } as const;

/** An attribute's value as its encoding holds it; text is only made where a field asks for it. */
export interface FieldValue {
  readonly type: number;
  /** Of a bool 0 or 1. */
  readonly number: number;
  readonly isEmpty: boolean;
  /** The id of the string in a label's dictionary. */
  intern(dictionary: Dictionary): number;
  toText(): string;
  /** Copies the string to the batch's source; returns where it stands there, undefined when it is too long. */
  keep(): readonly [from: number, to: number] | undefined;
}

export type Rejection = 'invalid_id' | 'too_many_spans';

/** What one body held. */
export interface Decoded {
  spans: number;
  /** Spans that are no outbound HTTP calls. */
  ignored: number;
  rejected: Record<Rejection, number>;
}

export const nothingDecoded = (): Decoded => ({
  spans: 0,
  ignored: 0,
  rejected: { invalid_id: 0, too_many_spans: 0 },
});

/**
 * Decides what is an outbound call and which row of a batch it becomes. The one place in TypeScript; the same in AssemblyScript stands in
 * collector/otlp/assembly/rows.ts and set.ts.
 */
export class RowBuilder {
  readonly dictionaries: readonly Dictionary[];
  decoded: Decoded = nothingDecoded();
  /** Ids of the resource's service, version and environment. */
  readonly resource = new Int32Array(3);
  private readonly by: Owner;
  private readonly mostRows: number;
  private lastState = '';
  private lastWeight = 1;

  constructor(dictionaries: readonly Dictionary[], mostRows: number = Number.POSITIVE_INFINITY) {
    this.dictionaries = dictionaries;
    this.by = dictionaries[0]!.by;
    this.mostRows = mostRows;
  }

  begin(batch: Batch): void {
    batch.rows = 0;
    batch.lostHosts.clear();
    this.decoded = nothingDecoded();
    this.by.body++;
  }

  /** Until a resource says which service it is of, values are nobody's. */
  beginResource(): void {
    this.resource.fill(0);
    this.by.owner = NOBODY;
  }

  /** Keeps an attribute of the resource for its rows. The service must be first: other values are charged to it. */
  setResource({ kind, target }: Field, value: FieldValue): void {
    if (value.type !== TYPE.string) return;
    const slot = target === COLUMN.service ? 0 : target === COLUMN.version ? 1 : 2;
    if (kind === KIND.label || this.resource[slot] === 0)
      this.resource[slot] = value.intern(this.dictionaries[target]!);
    if (slot === 0) this.by.owner = this.resource[0]!;
  }

  /** Writes an attribute of the span into the row that was begun. */
  set(batch: Batch, { kind, target }: Field, value: FieldValue): void {
    const i = batch.rows * INTS;
    const n = batch.rows * DOUBLES;
    const { type } = value;
    switch (kind) {
      case KIND.alias:
        if (batch.ints[i + target] === 0) this.label(batch, target, value);
        break;
      case KIND.label:
        this.label(batch, target, value);
        break;
      case KIND.number:
        if (type === TYPE.int || type === TYPE.double) batch.numbers[n + target] = value.number;
        break;
      case KIND.flag:
        if (type === TYPE.bool) batch.numbers[n + target] = value.number;
        break;
      case KIND.present:
        if (type === TYPE.string && !value.isEmpty) batch.numbers[n + target] = 1;
        break;
      default: {
        const kept = type === TYPE.string ? value.keep() : undefined;
        if (!kept) break;
        batch.ints[i + REF.requestId] = kept[0];
        batch.ints[i + REF.requestIdEnd] = kept[1];
      }
    }
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

  /** How many calls a span with this tracestate stands for; `random` in [0, 1) makes it a whole number. */
  weight(tracestate: string, random: number): number {
    if (tracestate !== this.lastState) {
      this.lastState = tracestate;
      this.lastWeight = weightOfState(tracestate);
    }
    return wholeWeight(this.lastWeight, random);
  }

  /** Takes the row in, or counts why not. `seconds` may be negative or NaN; the aggregator judges it. */
  finish(batch: Batch, isClient: boolean, idsValid: boolean, seconds: number, endSeconds: number): boolean {
    const { decoded } = this;
    decoded.spans++;
    const i = batch.rows * INTS;
    if (!idsValid) {
      decoded.rejected.invalid_id++;
      return false;
    }
    // src/contract/attempt.ts
    const isLibrary = batch.numbers[batch.rows * DOUBLES + NUMBER.library] === 1;
    const mayBeAttempt = batch.ints[i + COLUMN.method] !== 0 && !isLibrary;
    if (!isClient || (batch.ints[i + COLUMN.statusClass] === 0 && !mayBeAttempt)) {
      decoded.ignored++;
      return false;
    }
    if (batch.rows >= this.mostRows) {
      decoded.rejected.too_many_spans++;
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

  private label(batch: Batch, column: number, value: FieldValue): void {
    const at = batch.rows * INTS + column;
    if (value.type === TYPE.string) {
      const id = value.intern(this.dictionaries[column]!);
      batch.ints[at] = id;
      if (id === OVERFLOW_ID && column === COLUMN.address) this.lostHost(batch, batch.rows, value.toText());
    } else if (value.type === TYPE.int && column === COLUMN.status) batch.ints[at] = this.status(value.number);
  }
}
