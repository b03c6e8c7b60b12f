import { type Filter, matches } from '../../src/evidence/filter.ts';
import { type FailureRecord, groupKey } from '../../src/evidence/record.ts';
import { type Kept, largest, randomText, Shares } from './shares.ts';

export interface Group {
  readonly key: string;
  /** Failures of this kind since the store began, also those no longer kept. */
  readonly total: number;
  /** Newest first; the last one is the first that was seen, unless room was short. */
  readonly records: readonly FailureRecord[];
}

/** Thirty kinds for each of a thousand services, should they all fail at once. */
export const STORE_LIMITS = {
  /** Newest failures kept per service × provider × layer × code. */
  perGroup: 10,
  /** Besides those, per kind: the first, some spread over time, and the newest of those that a page named or somebody opened. */
  spread: 6,
  namedPerGroup: 60,
  groups: 30_000,
  /** Bytes of all records as JSON. */
  bytes: 48 * 1024 * 1024,
};
export type Limits = Omit<typeof STORE_LIMITS, 'spread'> & { readonly spread?: number };

/**
 * Failures of every kind, in bounded memory. A flood of one kind replaces only its own older members, and of those not the first, nor some that are
 * spread over time, nor the ones that a page names or somebody opened: whoever follows a link finds that very call. Where room is short, the
 * service that holds the most pays, there the provider that does, there the kind with the most members, else one that has been quiet. So neither a
 * flood of kinds (codes made up by a broken or hostile provider) nor a busy neighbour pushes out another service’s failures.
 */
export class EvidenceStore {
  private readonly limits: Limits;
  private readonly shares = new Shares();
  private readonly ids = new Map<string, FailureRecord>();
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
    const twin = this.shares.groups
      .get(groupKey(seen))
      ?.records.some(({ record: r }) => r.spanId === seen.spanId && r.traceId === seen.traceId);
    if (twin) return undefined;
    const key = groupKey(seen);
    const kept = this.shares.groups.get(key) ?? this.shares.open(key, seen);
    const record: FailureRecord = seen.id === '' ? { ...seen, id: `${kept.kind}-${randomText(8)}` } : seen;
    const bytes = JSON.stringify(record).length;
    kept.total++;
    kept.last = ++this.count;
    // in the order in which they were seen last: the one that has been quiet the longest is the first
    this.shares.groups.delete(key);
    this.shares.groups.set(key, kept);
    kept.records.unshift({ record, bytes, pinned: record.named === true });
    this.ids.set(record.id, record);
    this.shares.weigh(kept, bytes);
    this.trim(kept);
    while (this.shares.groups.size > this.limits.groups)
      this.close(this.shares.victim(kept, this.count, (share) => share.kinds));
    while (this.shares.bytes > this.limits.bytes && this.ids.size > 1) this.shrink(kept);
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
    const found = [...this.ids.values()].filter((r) => r.traceId === id || r.requestId === id);
    return largest(found, (r) => r.startMs);
  }

  /** Keeps a failure that somebody opened as one that a page names. */
  pin(record: FailureRecord): void {
    const entry = this.shares.groups.get(groupKey(record))?.records.find((kept) => kept.record === record);
    if (entry !== undefined) entry.pinned = true;
  }

  /** The newest of the kind that an ID belongs to, where the very failure is no longer kept. */
  nearest(id: string): FailureRecord | undefined {
    return this.shares.kinds.get(id.split('-', 1)[0]!)?.records[0]?.record;
  }

  /** Failures of every kind since the beginning, by the kind's key: what a restart would forget. */
  totalOf(key: string): number {
    return this.shares.groups.get(key)?.total ?? 0;
  }

  /** Takes over a total from before a restart. */
  restoreTotal(key: string, total: number): void {
    const kept = this.shares.groups.get(key);
    if (kept !== undefined && total > kept.total) kept.told = kept.total = total;
  }

  /** Raises totals to what the metrics have counted of each kind since this was called last: of a flood only some failures are read. */
  raiseTotals(growthOf: (newest: FailureRecord) => number): void {
    for (const kept of this.shares.groups.values())
      kept.told = kept.total = Math.max(kept.total, kept.told + growthOf(kept.records[0]!.record));
  }

  /** The kind a record belongs to. */
  group(record: FailureRecord): Group {
    const kept = this.shares.groups.get(groupKey(record));
    return kept === undefined ? { key: groupKey(record), total: 1, records: [record] } : view(kept);
  }

  /** Kinds with at least one match, the newest first; `records` are the matching ones. */
  list(filter: Filter): Group[] {
    return [...this.shares.groups.values()]
      .map((kept) => ({ ...view(kept), records: kept.records.map((r) => r.record).filter((r) => matches(r, filter)) }))
      .filter((g) => g.records.length > 0)
      .sort((a, b) => b.records[0]!.startMs - a.records[0]!.startMs);
  }

  get size(): number {
    return this.ids.size;
  }

  get heldBytes(): number {
    return this.shares.bytes;
  }

  /** Newest first: beyond the newest the first, some spread over time, and the newest of the pinned. */
  private trim(kept: Kept): void {
    const { perGroup, spread = 0, namedPerGroup } = this.limits;
    const { records } = kept;
    const older = (pinned: boolean): number[] =>
      records.flatMap((entry, at) =>
        at >= perGroup && at < records.length - 1 && entry.pinned === pinned ? [at] : [],
      );
    const plain = older(false);
    if (plain.length > spread) {
      // the one whose neighbours in time are closest says least
      const gap = (at: number): number => records[at - 1]!.record.startMs - records[at + 1]!.record.startMs;
      this.drop(kept, largest(plain, (at) => -gap(at))!);
    }
    const pinned = older(true);
    if (pinned.length > namedPerGroup) this.drop(kept, pinned.at(-1)!);
  }

  private drop(kept: Kept, at: number): void {
    const { record, bytes } = kept.records.splice(at, 1)[0]!;
    this.ids.delete(record.id);
    this.shares.weigh(kept, -bytes);
    this.onEvict(record);
  }

  private close(kept: Kept): void {
    while (kept.records.length > 0) this.drop(kept, kept.records.length - 1);
    this.shares.forget(kept);
  }

  /** Frees bytes of the service that holds the most: first older members of its kind with the most, then whole kinds. */
  private shrink(added: Kept): void {
    const kept = largest(this.shares.payer((share) => share.bytes).held, ({ records }) => records.length)!;
    // the first and the newest of a kind go last
    if (kept.records.length > 1) this.drop(kept, Math.max(1, kept.records.length - 2));
    else this.close(this.shares.victim(added, this.count, (share) => share.bytes));
  }
}

const view = (kept: Kept): Group => ({ key: kept.key, total: kept.total, records: kept.records.map((r) => r.record) });
