import { createHash, randomBytes } from 'node:crypto';
import { type Filter, matches } from '../../src/evidence/filter.ts';
import { type FailureRecord, groupKey } from '../../src/evidence/record.ts';

export interface Group {
  readonly key: string;
  /** Failures of this kind since the store began, also those no longer kept. */
  readonly total: number;
  /** Newest first; the last one is the first that was seen, unless room was short. */
  readonly records: readonly FailureRecord[];
}

export interface Limits {
  /** Newest failures kept per service × provider × layer × code. */
  readonly perGroup: number;
  /** Besides those, per kind: the first, and the newest of those that a page may name (one a minute). */
  readonly namedPerGroup: number;
  readonly groups: number;
  /** Bytes of all records as JSON. */
  readonly bytes: number;
}

/** 8 MiB as asked of a local evidence ring; 500 kinds of failure at once are more than anybody reads. */
export const STORE_LIMITS: Limits = { perGroup: 10, namedPerGroup: 60, groups: 500, bytes: 8 * 1024 * 1024 };

interface Kept {
  readonly key: string;
  /** Half of the IDs of its members. */
  readonly kind: string;
  /** Whose share it counts against: service × provider. */
  readonly owner: string;
  records: { readonly record: FailureRecord; readonly bytes: number }[];
  total: number;
  last: number;
}

/**
 * Newest failures of every kind, in bounded memory. A flood of one kind replaces only its own older members, and of those not the first and not
 * the ones that a page names: whoever follows its link minutes later finds that very call. A flood of kinds (codes made up by
 * a broken or hostile provider) is paid for by the service × provider that causes it: room is taken from the owner with the most kinds, there
 * from the kind seen least often, then longest ago. So the newest failure of another provider’s kind is never pushed out by it.
 */
export class EvidenceStore {
  private readonly limits: Limits;
  private readonly groups = new Map<string, Kept>();
  private readonly ids = new Map<string, FailureRecord>();
  private readonly kinds = new Map<string, Kept>();
  private readonly owners = new Map<string, Set<Kept>>();
  private bytes = 0;
  private count = 0;
  private readonly watchers = new Set<(record: FailureRecord, total: number) => void>();
  /** Told of every record that is no longer kept. */
  onEvict: (record: FailureRecord) => void = () => {};

  constructor(limits: Limits = STORE_LIMITS) {
    this.limits = limits;
  }

  /**
   * Keeps a record under a new, unguessable ID, and returns it with that ID. One that has an ID already keeps it. Undefined for a span that is
   * kept already: senders repeat batches whose acknowledgement was lost (OTLP, duplicate data).
   */
  add(seen: FailureRecord): FailureRecord | undefined {
    const twin = this.groups
      .get(groupKey(seen))
      ?.records.some(({ record: r }) => r.spanId === seen.spanId && r.traceId === seen.traceId);
    if (twin) return undefined;
    const key = groupKey(seen);
    const kept = this.groups.get(key) ?? this.open(key, JSON.stringify([seen.service, seen.provider]));
    const record: FailureRecord = seen.id === '' ? { ...seen, id: `${kept.kind}-${randomText(8)}` } : seen;
    const bytes = JSON.stringify(record).length;
    kept.total++;
    kept.last = ++this.count;
    kept.records.unshift({ record, bytes });
    this.ids.set(record.id, record);
    this.bytes += bytes;
    this.trim(kept);
    while (this.groups.size > this.limits.groups) this.close(this.victim(kept));
    while (this.bytes > this.limits.bytes && this.ids.size > 1) this.shrink(kept);
    for (const watcher of this.watchers) watcher(record, kept.total);
    return record;
  }

  /** Calls `watcher` with every record as it is kept, and the times its kind was seen. Returns how to stop. */
  watch(watcher: (record: FailureRecord, total: number) => void): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  /** By its ID, or the newest with this trace ID or request ID. */
  find(id: string): FailureRecord | undefined {
    const known = this.ids.get(id);
    if (known !== undefined || id.length < 8) return known;
    return this.newest((r) => r.traceId === id || r.requestId === id, 1)[0];
  }

  /** The newest of the kind that an ID belongs to, where the very failure is no longer kept. */
  nearest(id: string): FailureRecord | undefined {
    return this.kinds.get(id.split('-', 1)[0]!)?.records[0]?.record;
  }

  /** Failures of every kind since the beginning, by the kind's key: what a restart would forget. */
  totalOf(key: string): number {
    return this.groups.get(key)?.total ?? 0;
  }

  /** Takes over a total from before a restart. */
  restoreTotal(key: string, total: number): void {
    const kept = this.groups.get(key);
    if (kept !== undefined && total > kept.total) kept.total = total;
  }

  /** The kind a record belongs to. */
  group(record: FailureRecord): Group {
    const kept = this.groups.get(groupKey(record));
    return kept === undefined ? { key: groupKey(record), total: 1, records: [record] } : view(kept);
  }

  /** Kinds with at least one match, the newest first; `records` are the matching ones. */
  list(filter: Filter): Group[] {
    return [...this.groups.values()]
      .map((kept) => ({ ...view(kept), records: kept.records.map((r) => r.record).filter((r) => matches(r, filter)) }))
      .filter((g) => g.records.length > 0)
      .sort((a, b) => b.records[0]!.startMs - a.records[0]!.startMs);
  }

  get size(): number {
    return this.ids.size;
  }

  get heldBytes(): number {
    return this.bytes;
  }

  private newest(wanted: (r: FailureRecord) => boolean, max: number): FailureRecord[] {
    return [...this.ids.values()]
      .filter(wanted)
      .sort((a, b) => b.startMs - a.startMs)
      .slice(0, max);
  }

  private open(key: string, owner: string): Kept {
    const kept: Kept = { key, kind: kindOf(key), owner, records: [], total: 0, last: 0 };
    this.groups.set(key, kept);
    this.kinds.set(kept.kind, kept);
    const own = this.owners.get(owner) ?? new Set();
    this.owners.set(owner, own.add(kept));
    return kept;
  }

  /** Newest first: beyond the newest only named ones and the first, and of the named the newest. */
  private trim(kept: Kept): void {
    const { perGroup, namedPerGroup } = this.limits;
    const plain = (at: number): boolean => at >= perGroup && kept.records[at]!.record.named !== true;
    const last = kept.records.length - 1;
    for (let at = last - 1; at >= perGroup; at--) if (plain(at)) this.drop(kept, at);
    if (kept.records.length > perGroup + namedPerGroup + 1) this.drop(kept, kept.records.length - 2);
  }

  private drop(kept: Kept, at: number): void {
    const { record, bytes } = kept.records.splice(at, 1)[0]!;
    this.ids.delete(record.id);
    this.bytes -= bytes;
    this.onEvict(record);
  }

  private close(kept: Kept): void {
    while (kept.records.length > 0) this.drop(kept, kept.records.length - 1);
    this.groups.delete(kept.key);
    this.kinds.delete(kept.kind);
    const own = this.owners.get(kept.owner)!;
    own.delete(kept);
    if (own.size === 0) this.owners.delete(kept.owner);
  }

  /** The kind that gives way; never the one just added. */
  private victim(added: Kept): Kept {
    let fattest: Set<Kept> | undefined;
    for (const own of this.owners.values()) if (own.size > (fattest?.size ?? 0)) fattest = own;
    // Every owner has one kind only: the one that has been quiet the longest goes.
    const pool = fattest !== undefined && fattest.size > 1 ? fattest : new Set(this.groups.values());
    let worst: Kept | undefined;
    for (const kept of pool) {
      if (kept === added) continue;
      if (worst === undefined || kept.total < worst.total || (kept.total === worst.total && kept.last < worst.last))
        worst = kept;
    }
    return worst ?? added;
  }

  /** Frees bytes: first older members of the largest kind, then whole kinds. */
  private shrink(added: Kept): void {
    let largest: Kept | undefined;
    for (const kept of this.groups.values())
      if (kept.records.length > 1 && kept.records.length > (largest?.records.length ?? 0)) largest = kept;
    // the first of a kind goes last
    if (largest !== undefined) this.drop(largest, Math.max(1, largest.records.length - 2));
    else this.close(this.victim(added));
  }
}

const ID_LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';
/** Five bits per letter, without those that are mistaken for another. */
const lettersOf = (bytes: Uint8Array): string => Array.from(bytes, (b) => ID_LETTERS[b & 31]).join('');
const randomText = (length: number): string => lettersOf(randomBytes(length));
const kindOf = (key: string): string => lettersOf(createHash('sha256').update(key).digest().subarray(0, 7));

const view = (kept: Kept): Group => ({ key: kept.key, total: kept.total, records: kept.records.map((r) => r.record) });
