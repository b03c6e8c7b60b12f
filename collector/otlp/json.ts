import type { Dictionary } from '../../src/aggregate/dictionary.ts';
import { type Field, RESOURCE_FIELDS, SPAN_FIELDS } from '../../src/aggregate/fields.ts';
import { Batch, COLUMN, DOUBLES, INTS, NUMBER, REF } from '../../src/aggregate/index.ts';
import { RowBuilder } from '../../src/aggregate/row-builder.ts';
import { LIMITS } from '../limits.ts';
import { FailedRanges } from './failed-range.ts';
import { FieldTable } from './field-table.ts';
import { JsonAttributes } from './json-attributes.ts';
import { KEY, keyOf } from './json-keys.ts';
import { JsonReader } from './json-reader.ts';
import { JsonValues } from './json-values.ts';
import { viewOf } from './view.ts';
import { Malformed } from './wire.ts';

const SPAN_TABLE = new FieldTable(SPAN_FIELDS);
const RESOURCE_TABLE = new FieldTable(RESOURCE_FIELDS);
const CLIENT = 3;

/**
 * Reads OTLP/JSON in one pass over its bytes:
 * hexadecimal ids, integer enums, lowerCamelCase names, 64-bit integers as strings or numbers, unknown members ignored.
 */
export class JsonDecoder extends JsonReader {
  readonly rows: RowBuilder;
  readonly failed = new FailedRanges();
  private readonly values = new JsonValues(this);
  private readonly attributes = {
    span: new JsonAttributes(this, this.values, SPAN_TABLE, 8),
    resource: new JsonAttributes(this, this.values, RESOURCE_TABLE, 6),
  };
  /** What was decoded last. */
  readonly batch: Batch;
  private resourceStart = 0;
  private resourceEnd = 0;

  constructor(dictionaries: readonly Dictionary[], batch: Batch = new Batch()) {
    super();
    this.rows = new RowBuilder(dictionaries, LIMITS.spansPerRequest);
    this.batch = batch;
  }

  /** Throws Malformed; then the batch's rows must not be committed. */
  decode(body: Uint8Array): Batch {
    const { batch } = this;
    this.buf = body;
    this.view = viewOf(body);
    // RFC 8259 §8.1: a byte order mark may be ignored.
    this.pos = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
    this.rows.begin(batch);
    this.failed.found = [];
    this.values.begin(body.length);
    batch.source = this.values.scratch;
    if (!this.enterObject()) throw new Malformed('the request is null');
    this.members(1, (key) => {
      if (key !== KEY.resourceSpans) return false;
      this.elements(() => this.resourceSpans());
      return true;
    });
    this.peek();
    if (this.pos < body.length) throw this.unexpected();
    return batch;
  }

  /** The resource may follow its spans; they are then read once it is known. */
  private resourceSpans(): void {
    if (!this.enterObject()) return;
    this.rows.beginResource();
    this.resourceStart = this.resourceEnd = 0;
    const later: number[] = [];
    this.members(3, (key) => {
      if (key === KEY.resource) this.resource();
      else if (key !== KEY.scopeSpans) return false;
      else if (this.resourceEnd > 0) this.scopes();
      else {
        this.peek();
        later.push(this.pos);
        return false;
      }
      return true;
    });
    const after = this.pos;
    for (const at of later) {
      this.pos = at;
      this.scopes();
    }
    this.pos = after;
  }

  private scopes(): void {
    this.elements(() => {
      if (this.enterObject())
        this.members(5, (key) => {
          if (key !== KEY.spans) return false;
          this.elements(() => this.span());
          return true;
        });
    });
  }

  /** Read twice: the service's name, wherever it stands, and then what is charged to it. */
  private resource(): void {
    this.peek();
    this.resourceStart = this.pos;
    this.resourceAttributes((field) => field.target === COLUMN.service);
    this.pos = this.resourceStart;
    this.resourceAttributes((field) => field.target !== COLUMN.service);
    this.resourceEnd = this.pos;
  }

  private resourceAttributes(wanted: (field: Field) => boolean): void {
    if (!this.enterObject()) return;
    this.members(4, (key) => {
      if (key !== KEY.attributes) return false;
      this.attributes.resource.list((number) => {
        const field = RESOURCE_TABLE.fields[number]!;
        if (wanted(field)) this.rows.setResource(field, this.values);
      });
      return true;
    });
  }

  private span(): void {
    this.peek();
    const start = this.pos;
    if (!this.enterObject()) return;
    const { batch, values } = this;
    batch.begin();
    const i = batch.rows * INTS;
    const n = batch.rows * DOUBLES;
    let trace = -1;
    let id = -1;
    let kind = 0;
    let state = '';
    values.resetTimes();
    for (let first = true; this.nextKey(first); first = false) {
      switch (keyOf(this)) {
        case KEY.attributes:
          this.attributes.span.list((field) => this.rows.set(batch, SPAN_TABLE.fields[field]!, this.values));
          break;
        case KEY.traceId:
          trace = values.id(32);
          break;
        case KEY.spanId:
          id = values.id(16);
          break;
        case KEY.kind:
          kind = values.integer();
          break;
        case KEY.startTimeUnixNano:
          values.time(0);
          break;
        case KEY.endTimeUnixNano:
          values.time(1);
          break;
        case KEY.traceState:
          state = values.textOrEmpty();
          break;
        default:
          this.skip(7);
      }
    }
    batch.ints[i + REF.traceId] = trace;
    batch.ints[i + REF.spanId] = id;
    const valid = trace >= 0 && id >= 0;
    if (state !== '' && valid) batch.numbers[n + NUMBER.weight] = this.rows.weight(state, values.random(id));
    const isForeign = batch.ints[i + COLUMN.statusClass] === 0;
    const failed =
      batch.ints[i + COLUMN.layer] !== 0 ||
      (isForeign && (batch.ints[i + COLUMN.status] !== 0 || batch.numbers[n + NUMBER.error] === 1));
    if (!this.rows.finish(batch, kind === CLIENT, valid, values.seconds(), values.endSeconds())) return;
    if (!failed || !this.failed.wanted) return;
    const { resourceStart, resourceEnd } = this;
    this.failed.found.push({ start, end: this.pos, resourceStart, resourceEnd, row: batch.rows - 1 });
  }

  /** Calls `take` with each member's key; skips the values it does not take. */
  private members(depth: number, take: (key: number) => boolean): void {
    for (let first = true; this.nextKey(first); first = false) if (!take(keyOf(this))) this.skip(depth);
  }

  private elements(take: () => void): void {
    if (this.enterArray()) for (let first = true; this.nextElement(first); first = false) take();
  }
}
