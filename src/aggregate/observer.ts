import type { Aggregator } from './aggregator.ts';
import { Batch, REF } from './batch.ts';
import { COLUMN, NUMBER } from './columns.ts';
import { type Field, KIND, RESOURCE_FIELDS, SPAN_FIELDS } from './fields.ts';

type Values = Readonly<Record<string, unknown>>;
const FIELDS = new Map<string, Field>(Object.entries(SPAN_FIELDS));

/** Identifiers of the call, for exemplars: 32 and 16 hexadecimal digits. */
export interface CallIds {
  readonly traceId?: string;
  readonly spanId?: string;
}

/** Counts calls given as attribute objects, one at a time: what a service does that serves its own metrics. */
export class Observer {
  private readonly aggregator: Aggregator;
  private readonly batch = new Batch(1);
  private readonly scratch = new Uint8Array(24 + 256);
  private lastResource: Values | undefined;
  private readonly resource: { readonly column: number; id: number }[];

  constructor(aggregator: Aggregator) {
    this.aggregator = aggregator;
    this.batch.source = this.scratch;
    this.resource = [COLUMN.service, COLUMN.version, COLUMN.environment].map((column) => ({ column, id: 0 }));
  }

  /** Counts one call of `seconds`; unknown attributes are ignored, values of the wrong type count as absent. */
  observe(attributes: Values, resource: Values, seconds: number, ids: CallIds = {}): void {
    const { batch } = this;
    batch.begin();
    if (resource !== this.lastResource) this.readResource(resource);
    for (const { column, id } of this.resource) batch.ints[column] = id;
    for (const key in attributes) {
      const field = FIELDS.get(key);
      if (field) this.set(field, attributes[key]);
    }
    batch.numbers[NUMBER.duration] = seconds;
    batch.numbers[NUMBER.endSeconds] = Date.now() / 1000;
    if (this.hex(ids.traceId, 0, 16) && this.hex(ids.spanId, 16, 8)) {
      batch.ints[REF.traceId] = 0;
      batch.ints[REF.spanId] = 16;
    }
    batch.rows = 1;
    this.aggregator.commit(batch);
  }

  /** Label ids may change hands when series are evicted. */
  forget(): void {
    this.lastResource = undefined;
  }

  private readResource(resource: Values): void {
    this.lastResource = resource;
    for (const part of this.resource) part.id = 0;
    for (const [name, field] of Object.entries(RESOURCE_FIELDS)) {
      const part = this.resource.find((p) => p.column === field.target)!;
      const value = resource[name];
      if (typeof value === 'string' && part.id === 0) part.id = this.idOf(field.target, value);
    }
  }

  private set(field: Field, value: unknown): void {
    const { ints, numbers } = this.batch;
    if (field.kind === KIND.label || (field.kind === KIND.alias && ints[field.target] === 0)) {
      if (typeof value === 'string') ints[field.target] = this.idOf(field.target, value);
      else if (field.target === COLUMN.status && typeof value === 'number')
        ints[field.target] = this.idOf(field.target, String(value));
    } else if (field.kind === KIND.number) {
      if (typeof value === 'number') numbers[field.target] = value;
    } else if (field.kind === KIND.flag) numbers[field.target] = value === true ? 1 : 0;
    else if (field.kind === KIND.present) numbers[field.target] = typeof value === 'string' && value !== '' ? 1 : 0;
    else if (typeof value === 'string' && value.length <= 256) {
      for (let i = 0; i < value.length; i++) this.scratch[24 + i] = Math.min(value.charCodeAt(i), 255);
      ints[REF.requestId] = 24;
      ints[REF.requestIdEnd] = 24 + value.length;
    }
  }

  private idOf(column: number, value: string): number {
    return this.aggregator.dictionaries[column]!.ofString(value);
  }

  private hex(text: string | undefined, at: number, bytes: number): boolean {
    if (text?.length !== bytes * 2) return false;
    for (let i = 0; i < bytes; i++) this.scratch[at + i] = Number.parseInt(text.slice(i * 2, i * 2 + 2), 16);
    return true;
  }
}
