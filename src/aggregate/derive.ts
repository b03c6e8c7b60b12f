import { REASONS } from '../contract/index.ts';
import { layerOfStatus } from '../layers/answer.ts';
import { type Batch, DOUBLES, INTS } from './batch.ts';
import { COLUMN, NUMBER } from './columns.ts';
import { type Dictionary, EMPTY_ID, OVERFLOW_ID } from './dictionary.ts';

/** A port after a name or an IPv4 address, or after an IPv6 address in brackets. */
const PORT = /^([^:[]+|\[[^\]]*\]):\d{1,5}$/;

/** Values of `error_type`: none, the conventions' word for any other, the reasons at their column's ids, the statuses from 400 on. */
export const ERROR_TYPES = [
  '',
  '_OTHER',
  ...Object.keys(REASONS),
  ...Array.from({ length: 600 }, (_, i) => `${400 + i}`),
];
const STATUS_400 = ERROR_TYPES.indexOf('400');

/**
 * Fills what spans of other instrumentations lack: class and layer follow from the status, the provider from the host. An
 * `error.type` without a status is an `unknown` failure, never a guess.
 */
export class Deriver {
  private readonly dictionaries: readonly Dictionary[];
  private readonly nameOf: (host: string) => string;
  private readonly none: number;
  private readonly unknown: number;
  /** By status id: class and layer ids plus one, 0 is not asked yet. */
  private readonly classes = new Map<number, number>();
  private readonly layers = new Map<number, number>();
  private readonly providers = new Map<number, number>();

  constructor(dictionaries: readonly Dictionary[], nameOf: (host: string) => string) {
    this.dictionaries = dictionaries;
    this.nameOf = nameOf;
    this.none = this.id(COLUMN.statusClass, 'none');
    this.unknown = this.id(COLUMN.layer, 'unknown');
  }

  fill(batch: Batch, row: number): void {
    const { ints } = batch;
    const at = row * INTS;
    const status = ints[at + COLUMN.status]!;
    if (ints[at + COLUMN.statusClass] === EMPTY_ID) {
      ints[at + COLUMN.statusClass] = this.classOf(status);
      if (ints[at + COLUMN.layer] === EMPTY_ID) {
        if (status !== EMPTY_ID) ints[at + COLUMN.layer] = this.layerOf(status);
        else if (batch.numbers[row * DOUBLES + NUMBER.error] === 1) ints[at + COLUMN.layer] = this.unknown;
      }
    }
    if (ints[at + COLUMN.provider] === EMPTY_ID && ints[at + COLUMN.address] !== EMPTY_ID)
      ints[at + COLUMN.provider] = this.providerOf(ints[at + COLUMN.address]!, batch, row);
  }

  /** Position in ERROR_TYPES: of a failed call the status from 400 on, else the reason (semantic conventions, `error.type`). */
  errorType(ints: Int32Array, at: number): number {
    if (ints[at + COLUMN.layer] === EMPTY_ID) return 0;
    const status = Number(this.dictionaries[COLUMN.status]!.values[ints[at + COLUMN.status]!]);
    return status >= 400 && status < 1000 ? STATUS_400 + status - 400 : Math.max(1, ints[at + COLUMN.reason]!);
  }

  /** Ids change hands when series are evicted. */
  clear(): void {
    this.classes.clear();
    this.layers.clear();
    this.providers.clear();
  }

  private classOf(status: number): number {
    return remember(this.classes, status, () => {
      const value = this.dictionaries[COLUMN.status]!.values[status] ?? '';
      return /^[1-5]\d\d$/.test(value) ? this.id(COLUMN.statusClass, `${value[0]}xx`) : this.none;
    });
  }

  private layerOf(status: number): number {
    return remember(this.layers, status, () => {
      const layer = layerOfStatus(Number(this.dictionaries[COLUMN.status]!.values[status]));
      return layer === undefined ? EMPTY_ID : this.id(COLUMN.layer, layer);
    });
  }

  private providerOf(address: number, batch: Batch, row: number): number {
    const lost = address === OVERFLOW_ID ? batch.lostHosts.get(row) : undefined;
    if (lost !== undefined) return this.named(lost);
    return remember(this.providers, address, () =>
      this.named(this.dictionaries[COLUMN.address]!.values[address] ?? ''),
    );
  }

  /** `server.address` has no port, but some senders write one. */
  private named(address: string): number {
    const host = address.replace(PORT, '$1');
    return this.id(COLUMN.provider, this.nameOf(host));
  }

  private id(column: number, value: string): number {
    return this.dictionaries[column]!.ofString(value);
  }
}

function remember(known: Map<number, number>, key: number, make: () => number): number {
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = make();
  // What found no room for one service may find it for another.
  if (made !== OVERFLOW_ID) known.set(key, made);
  return made;
}
