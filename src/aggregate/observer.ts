import type { Aggregator } from './aggregator.ts';
import { Batch, REF } from './batch.ts';
import type { Dictionary } from './dictionary.ts';
import { type Field, RESOURCE_FIELDS, SPAN_FIELDS } from './fields.ts';
import { type FieldValue, RowBuilder, TYPE } from './row-builder.ts';

type Values = Readonly<Record<string, unknown>>;
const FIELDS = new Map<string, Field>(Object.entries(SPAN_FIELDS));
/** Bytes of the identifiers, and of a request ID behind them. */
const IDS = 24;
const REQUEST_ID = 256;

/** Identifiers of the call, for exemplars: 32 and 16 hexadecimal digits. */
export interface CallIds {
  readonly traceId?: string;
  readonly spanId?: string;
}

/** Counts calls given as attribute objects, one at a time: what a service does that serves its own metrics. */
export class Observer {
  private readonly aggregator: Aggregator;
  private readonly batch = new Batch(1);
  private readonly scratch = new Uint8Array(IDS + REQUEST_ID);
  private readonly rows: RowBuilder;
  private readonly value = new ObjectValue(this.scratch);
  private lastResource: Values | undefined;

  constructor(aggregator: Aggregator) {
    this.aggregator = aggregator;
    this.batch.source = this.scratch;
    this.rows = new RowBuilder(aggregator.dictionaries);
  }

  /** Counts one call of `seconds`; unknown attributes are ignored, values of the wrong type count as absent. */
  observe(attributes: Values, resource: Values, seconds: number, ids: CallIds = {}): void {
    const { batch, rows, value } = this;
    rows.begin(batch);
    batch.begin();
    if (resource !== this.lastResource) this.readResource(resource);
    for (const key in attributes) {
      const field = FIELDS.get(key);
      if (field) rows.set(batch, field, value.of(attributes[key]));
    }
    if (this.hex(ids.traceId, 0, 16) && this.hex(ids.spanId, 16, 8)) {
      batch.ints[REF.traceId] = 0;
      batch.ints[REF.spanId] = 16;
    }
    rows.finish(batch, true, true, seconds, Date.now() / 1000);
    this.aggregator.commit(batch);
  }

  /** Label ids may change hands when series are evicted. */
  forget(): void {
    this.lastResource = undefined;
  }

  private readResource(resource: Values): void {
    this.lastResource = resource;
    this.rows.beginResource();
    for (const [name, field] of Object.entries(RESOURCE_FIELDS))
      this.rows.setResource(field, this.value.of(resource[name]));
  }

  private hex(text: string | undefined, at: number, bytes: number): boolean {
    if (text?.length !== bytes * 2) return false;
    for (let i = 0; i < bytes; i++) this.scratch[at + i] = Number.parseInt(text.slice(i * 2, i * 2 + 2), 16);
    return true;
  }
}

/** A value of JavaScript. */
class ObjectValue implements FieldValue {
  type: number = TYPE.other;
  number = 0;
  private text = '';
  private readonly scratch: Uint8Array;

  constructor(scratch: Uint8Array) {
    this.scratch = scratch;
  }

  of(value: unknown): this {
    this.type = TYPE.other;
    if (typeof value === 'string') {
      this.type = TYPE.string;
      this.text = value;
    } else if (typeof value === 'number') {
      this.type = Number.isInteger(value) ? TYPE.int : TYPE.double;
      this.number = value;
    } else if (typeof value === 'boolean') {
      this.type = TYPE.bool;
      this.number = value ? 1 : 0;
    }
    return this;
  }

  get isEmpty(): boolean {
    return this.text === '';
  }

  intern(dictionary: Dictionary): number {
    return dictionary.ofString(this.text);
  }

  toText(): string {
    return this.text;
  }

  keep(): readonly [number, number] | undefined {
    const { text, scratch } = this;
    if (text.length > REQUEST_ID) return undefined;
    for (let i = 0; i < text.length; i++) scratch[IDS + i] = Math.min(text.charCodeAt(i), 255);
    return [IDS, IDS + text.length];
  }
}
