import type { Dictionary } from '../../src/aggregate/dictionary.ts';
import { type Field, KIND, RESOURCE_FIELDS, SPAN_FIELDS } from '../../src/aggregate/fields.ts';
import { type Batch, COLUMN, DOUBLES, INTS, NUMBER, REF } from '../../src/aggregate/index.ts';
import { failedSpanOf } from '../failed-json.ts';
import type { FailedSpans } from '../failed-spans.ts';
import { LIMITS } from '../limits.ts';
import { RowSink, resourceSlot } from './sink.ts';
import { Malformed } from './wire.ts';

type Json = Record<string, unknown>;
const CLIENT = 3;
const isObject = (v: unknown): v is Json => typeof v === 'object' && v !== null && !Array.isArray(v);
const list = (v: unknown, what: string): Json[] => {
  if (v === undefined || v === null) return [];
  if (!Array.isArray(v) || !v.every(isObject)) throw new Malformed(`${what} is not a list of objects`);
  return v;
};

/** Reads OTLP/JSON: hexadecimal ids, integer enums, lowerCamelCase names, 64-bit integers as strings or numbers. */
export class JsonDecoder {
  readonly sink: RowSink;
  private scratch = new Uint8Array(4096);
  private used = 0;
  private failed: { span: Json; resource: Json }[] = [];

  constructor(dictionaries: readonly Dictionary[]) {
    this.sink = new RowSink(dictionaries);
  }

  decode(body: Uint8Array, batch: Batch): void {
    checkDepth(body);
    let root: unknown;
    try {
      root = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    } catch (error) {
      throw new Malformed((error as Error).message.slice(0, 200));
    }
    if (!isObject(root)) throw new Malformed('the request is not an object');
    this.sink.begin(batch);
    this.used = 0;
    this.failed = [];
    if (this.scratch.length < body.length) this.scratch = new Uint8Array(body.length);
    batch.source = this.scratch;
    for (const resourceSpans of list(root['resourceSpans'], 'resourceSpans')) {
      this.sink.resource.fill(0);
      const resource = isObject(resourceSpans['resource']) ? resourceSpans['resource'] : {};
      for (const [field, value] of fields(resource, RESOURCE_FIELDS))
        if (typeof value['stringValue'] === 'string')
          this.sink.resource[resourceSlot(field.target)] = this.intern(field.target, value['stringValue']);
      for (const scopeSpans of list(resourceSpans['scopeSpans'], 'scopeSpans'))
        for (const span of list(scopeSpans['spans'], 'spans')) this.span(span, resource, batch);
    }
  }

  /** Hands the failed spans of the body just decoded to the listeners. */
  emitFailed(failed: FailedSpans, _body: Uint8Array): void {
    const take = failed.allow(this.failed.length);
    for (const { span, resource } of this.failed.slice(0, take)) failed.emit(failedSpanOf(span, resource));
    this.failed = [];
  }

  private span(span: Json, resource: Json, batch: Batch): void {
    batch.begin();
    const i = batch.rows * INTS;
    const n = batch.rows * DOUBLES;
    for (const [field, value] of fields(span, SPAN_FIELDS)) this.attribute(field, value, batch, i, n);
    const trace = this.id(span['traceId'], 32);
    const id = this.id(span['spanId'], 16);
    batch.ints[i + REF.traceId] = trace;
    batch.ints[i + REF.spanId] = id;
    const valid = trace >= 0 && id >= 0;
    if (typeof span['traceState'] === 'string' && span['traceState'] !== '' && valid)
      batch.numbers[n + NUMBER.weight] = this.sink.weight(
        span['traceState'],
        Number.parseInt(String(span['spanId']).slice(0, 8), 16) / 2 ** 32,
      );
    const start = nanos(span['startTimeUnixNano']);
    const end = nanos(span['endTimeUnixNano']);
    const seconds = start === 0n || end === 0n ? Number.NaN : Number(end - start) / 1e9;
    const failed = batch.ints[i + COLUMN.layer] !== 0;
    const taken = this.sink.finish(batch, span['kind'] === CLIENT, valid, seconds, Number(end) / 1e9);
    if (taken && failed && this.sink.wantFailed) this.failed.push({ span, resource });
  }

  private attribute(field: Field, value: Json, batch: Batch, i: number, n: number): void {
    const text = value['stringValue'];
    const int = value['intValue'];
    const number =
      typeof value['doubleValue'] === 'number' ? value['doubleValue'] : int === undefined ? Number.NaN : Number(int);
    if (field.kind === KIND.label) {
      if (typeof text === 'string') batch.ints[i + field.target] = this.intern(field.target, text);
      else if (int !== undefined && field.target === COLUMN.status)
        batch.ints[i + field.target] = this.sink.status(Number(int));
    } else if (field.kind === KIND.number) batch.numbers[n + field.target] = number;
    else if (field.kind === KIND.flag) batch.numbers[n + field.target] = value['boolValue'] === true ? 1 : 0;
    else if (field.kind === KIND.present)
      batch.numbers[n + field.target] = typeof text === 'string' && text !== '' ? 1 : 0;
    else if (typeof text === 'string') {
      const { written } = new TextEncoder().encodeInto(text, this.scratch.subarray(this.used));
      batch.ints[i + REF.requestId] = this.used;
      batch.ints[i + REF.requestIdEnd] = this.used += written;
    }
  }

  private intern(column: number, value: string): number {
    return this.sink.dictionaries[column]!.ofString(value);
  }

  /** Writes a hexadecimal id's bytes to the scratch; -1 when it is none or all zero. */
  private id(value: unknown, length: number): number {
    if (typeof value !== 'string' || value.length !== length || !/^[0-9a-f]+$/i.test(value) || /^0+$/.test(value))
      return -1;
    const at = this.used;
    for (let i = 0; i < length; i += 2) this.scratch[this.used++] = Number.parseInt(value.slice(i, i + 2), 16);
    return at;
  }
}

/** The attributes of an object that a table knows. */
function fields(owner: Json, table: Readonly<Record<string, Field>>): [Field, Json][] {
  const found: [Field, Json][] = [];
  for (const { key, value } of list(owner['attributes'], 'attributes'))
    if (typeof key === 'string' && Object.hasOwn(table, key) && isObject(value)) found.push([table[key]!, value]);
  return found;
}

const nanos = (value: unknown): bigint => {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? BigInt(value) : 0n;
};

/** Deep nesting is refused before it is parsed: the first recursive walk over it would overflow the stack. */
function checkDepth(body: Uint8Array): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < body.length; i++) {
    const c = body[i]!;
    if (inString) {
      if (c === 0x5c) i++;
      else if (c === 0x22) inString = false;
    } else if (c === 0x22) inString = true;
    else if ((c | 0x20) === 0x7b) {
      if (++depth > LIMITS.depth) throw new Malformed(`nested deeper than ${LIMITS.depth}`);
    } else if ((c | 0x20) === 0x7d) depth--;
  }
}
