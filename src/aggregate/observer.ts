import type { Aggregator } from './aggregator.ts';
import { Batch, REF } from './batch.ts';
import { COLUMN, COLUMNS, type Field, KIND, NUMBER, RESOURCE_FIELDS, SPAN_FIELDS } from './columns.ts';
import { OVERFLOW_ID } from './dictionary.ts';
import { NOBODY } from './shares.ts';

type Values = Readonly<Record<string, unknown>>;
const RESOURCE = Object.values(RESOURCE_FIELDS);
const FIELDS = new Map<string, Field>(Object.entries(SPAN_FIELDS));
/** Bytes of the identifiers, and of a request ID behind them. */
const IDS = 24;
const REQUEST_ID = 256;

/** Identifiers of the call, for exemplars: 32 and 16 hexadecimal digits. */
export interface CallIds {
  readonly traceId?: string;
  readonly spanId?: string;
}

/**
 * Counts calls given as attribute objects, one at a time: what a service does that serves its own metrics. What becomes of an attribute is
 * decided here for JavaScript, and in collector/otlp/assembly/ (set.ts, rows.ts) for bodies.
 */
export class Observer {
  private readonly aggregator: Aggregator;
  private readonly batch = new Batch(1);
  private readonly scratch = new Uint8Array(IDS + REQUEST_ID);
  /** The resource's labels. */
  private readonly resource = new Int32Array(COLUMNS.length);
  private lastResource: Values | undefined;

  constructor(aggregator: Aggregator) {
    this.aggregator = aggregator;
    this.batch.source = this.scratch;
  }

  /** Counts one call of `seconds`; unknown attributes are ignored, values of the wrong type count as absent. */
  observe(attributes: Values, resource: Values, seconds: number, ids: CallIds = {}): void {
    const { batch, aggregator } = this;
    batch.lostHosts.clear();
    aggregator.clock.body++;
    batch.begin();
    if (resource !== this.lastResource) this.readResource(resource);
    aggregator.clock.owner = this.resource[COLUMN.service]!;
    for (const key in attributes) {
      const field = FIELDS.get(key);
      if (field) this.set(field, attributes[key]);
    }
    if (this.hex(ids.traceId, 0, 16) && this.hex(ids.spanId, 16, 8)) {
      batch.ints[REF.traceId] = 0;
      batch.ints[REF.spanId] = 16;
    }
    // src/contract/attempt.ts
    const isAttempt = batch.ints[COLUMN.method] !== 0 && batch.numbers[NUMBER.library] !== 1;
    if (batch.ints[COLUMN.statusClass] === 0 && !isAttempt) return;
    for (const { target } of RESOURCE) batch.ints[target] = this.resource[target]!;
    batch.numbers[NUMBER.duration] = seconds;
    batch.numbers[NUMBER.endSeconds] = Date.now() / 1000;
    batch.rows = 1;
    aggregator.commit(batch);
  }

  /** Label ids may change hands when series are evicted. */
  forget(): void {
    this.lastResource = undefined;
  }

  /** The service comes first: other values are charged to it. */
  private readResource(resource: Values): void {
    this.lastResource = resource;
    this.resource.fill(0);
    this.aggregator.clock.owner = NOBODY;
    for (const [name, { kind, target }] of Object.entries(RESOURCE_FIELDS)) {
      const value = resource[name];
      const slot = target === COLUMN.service ? 0 : target === COLUMN.version ? 1 : 2;
      if (typeof value !== 'string' || (kind === KIND.alias && this.resource[slot] !== 0)) continue;
      this.resource[slot] = this.aggregator.dictionaries[target]!.ofString(value);
      if (slot === 0) this.aggregator.clock.owner = this.resource[COLUMN.service]!;
    }
  }

  private set({ kind, target }: Field, value: unknown): void {
    const { ints, numbers } = this.batch;
    const isText = typeof value === 'string';
    switch (kind) {
      case KIND.alias:
        if (ints[target] === 0) this.label(target, value);
        break;
      case KIND.label:
        this.label(target, value);
        break;
      case KIND.number:
        if (typeof value === 'number') numbers[target] = value;
        break;
      case KIND.flag:
        if (typeof value === 'boolean') numbers[target] = value ? 1 : 0;
        break;
      case KIND.present:
        if (isText && value !== '') numbers[target] = 1;
        break;
      default:
        if (!isText || value.length > REQUEST_ID) break;
        for (let i = 0; i < value.length; i++) this.scratch[IDS + i] = Math.min(value.charCodeAt(i), 255);
        ints[REF.requestId] = IDS;
        ints[REF.requestIdEnd] = IDS + value.length;
    }
  }

  private label(column: number, value: unknown): void {
    const isStatus = column === COLUMN.status && typeof value === 'number' && Number.isInteger(value);
    if (typeof value !== 'string' && !isStatus) return;
    const text = String(value);
    const id = this.aggregator.dictionaries[column]!.ofString(text);
    this.batch.ints[column] = id;
    if (id === OVERFLOW_ID && column === COLUMN.address && text.length <= COLUMNS[column]!.maxLength)
      this.batch.lostHosts.set(0, text);
  }

  private hex(text: string | undefined, at: number, bytes: number): boolean {
    if (text?.length !== bytes * 2) return false;
    for (let i = 0; i < bytes; i++) this.scratch[at + i] = Number.parseInt(text.slice(i * 2, i * 2 + 2), 16);
    return true;
  }
}
