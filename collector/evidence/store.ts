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
  /** Besides those, per kind: the first, some spread over time, and the newest of those that a page named or somebody opened. */
  readonly spread?: number;
  readonly namedPerGroup: number;
  readonly groups: number;
  /** Bytes of all records as JSON. */
  readonly bytes: number;
}

/** Thirty kinds for each of a thousand services, should they all fail at once. */
export const STORE_LIMITS: Limits = {
  perGroup: 10,
  spread: 6,
  namedPerGroup: 60,
  groups: 30_000,
  bytes: 48 * 1024 * 1024,
};

interface Entry {
  readonly record: FailureRecord;
  readonly bytes: number;
  /** A page may name it, or somebody has opened it. */
  pinned: boolean;
}

interface Kept {
  readonly key: string;
  /** Half of the IDs of its members. */
  readonly kind: string;
  readonly owner: Owner;
  readonly records: Entry[];
  total: number;
  last: number;
}

/** A service, or one provider of a service: whose share a kind counts against. */
interface Share {
  kinds: number;
  bytes: number;
}
interface Owner extends Share {
  readonly key: string;
  readonly service: Share & { readonly name: string; readonly owners: Set<Owner> };
  readonly held: Set<Kept>;
}

const largest = <T>(all: Iterable<T>, size: (one: T) => number): T | undefined => {
  let found: T | undefined;
  let most = Number.NEGATIVE_INFINITY;
  for (const one of all)
    if (size(one) > most) {
      found = one;
      most = size(one);
    }
  return found;
};

/**
 * Failures of every kind, in bounded memory. A flood of one kind replaces only its own older members, and of those not the first, nor some that are
 * spread over time, nor the ones that a page names or somebody opened: whoever follows a link finds that very call. Where room is short, the
 * service that holds the most pays, there the provider that does, there the kind with the most members, else one that has been quiet. So neither a
 * flood of kinds (codes made up by a broken or hostile provider) nor a busy neighbour pushes out another service’s failures.
 */
export class EvidenceStore {
  private readonly limits: Limits;
  private readonly groups = new Map<string, Kept>();
  private readonly ids = new Map<string, FailureRecord>();
  private readonly kinds = new Map<string, Kept>();
  private readonly owners = new Map<string, Owner>();
  private readonly services = new Map<string, Owner['service']>();
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
    const kept = this.groups.get(key) ?? this.open(key, seen);
    const record: FailureRecord = seen.id === '' ? { ...seen, id: `${kept.kind}-${randomText(8)}` } : seen;
    const bytes = JSON.stringify(record).length;
    kept.total++;
    kept.last = ++this.count;
    kept.records.unshift({ record, bytes, pinned: record.named === true });
    this.ids.set(record.id, record);
    this.weigh(kept, bytes);
    this.trim(kept);
    while (this.groups.size > this.limits.groups) this.close(this.victim(kept, (share) => share.kinds));
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

  /** Keeps a failure that somebody opened as one that a page names. */
  pin(record: FailureRecord): void {
    const entry = this.groups.get(groupKey(record))?.records.find((kept) => kept.record === record);
    if (entry !== undefined) entry.pinned = true;
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

  private open(key: string, { service: name, provider }: FailureRecord): Kept {
    const service = this.services.get(name) ?? { name, kinds: 0, bytes: 0, owners: new Set<Owner>() };
    this.services.set(name, service);
    const ownerKey = JSON.stringify([name, provider]);
    const owner = this.owners.get(ownerKey) ?? { key: ownerKey, kinds: 0, bytes: 0, service, held: new Set<Kept>() };
    this.owners.set(ownerKey, owner);
    service.owners.add(owner);
    const kept: Kept = { key, kind: kindOf(key), owner, records: [], total: 0, last: 0 };
    owner.held.add(kept);
    owner.kinds++;
    service.kinds++;
    this.groups.set(key, kept);
    this.kinds.set(kept.kind, kept);
    return kept;
  }

  private weigh({ owner }: Kept, bytes: number): void {
    this.bytes += bytes;
    owner.bytes += bytes;
    owner.service.bytes += bytes;
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
    this.weigh(kept, -bytes);
    this.onEvict(record);
  }

  private close(kept: Kept): void {
    const { owner } = kept;
    while (kept.records.length > 0) this.drop(kept, kept.records.length - 1);
    this.groups.delete(kept.key);
    this.kinds.delete(kept.kind);
    owner.held.delete(kept);
    owner.kinds--;
    if (--owner.service.kinds === 0) this.services.delete(owner.service.name);
    if (owner.kinds > 0) return;
    this.owners.delete(owner.key);
    owner.service.owners.delete(owner);
  }

  /** The kinds of whoever holds the most, by what is short. */
  private payer(size: (share: Share) => number): Owner {
    return largest(largest(this.services.values(), size)!.owners, size)!;
  }

  /** The kind that gives way; never the one just added. Of the lately seen none, else a new kind would never come to stay; of the others the rarest. */
  private victim(added: Kept, size: (share: Share) => number): Kept {
    const payer = this.payer(size);
    const alone = payer.held.size === 1 && payer.held.has(added);
    // every service has one kind only: the one that has been quiet the longest goes
    const pool = alone || payer.held.size === 1 ? [...this.groups.values()] : [...payer.held];
    const late = this.count - Math.max(1, pool.length >> 2);
    const others = pool.filter((kept) => kept !== added);
    const quiet = others.filter((kept) => kept.last <= late);
    const rarest =
      quiet.length > 0 && pool.length === payer.held.size ? Math.min(...quiet.map((kept) => kept.total)) : 0;
    const from = rarest === 0 ? others : quiet.filter((kept) => kept.total === rarest);
    return largest(from, (kept) => -kept.last) ?? added;
  }

  /** Frees bytes of the service that holds the most: first older members of its kind with the most, then whole kinds. */
  private shrink(added: Kept): void {
    const kept = largest(this.payer((share) => share.bytes).held, ({ records }) => records.length)!;
    // the first and the newest of a kind go last
    if (kept.records.length > 1) this.drop(kept, Math.max(1, kept.records.length - 2));
    else this.close(this.victim(added, (share) => share.bytes));
  }
}

const ID_LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';
/** Five bits per letter, without those that are mistaken for another. */
const lettersOf = (bytes: Uint8Array): string => Array.from(bytes, (b) => ID_LETTERS[b & 31]).join('');
const randomText = (length: number): string => lettersOf(randomBytes(length));
const kindOf = (key: string): string => lettersOf(createHash('sha256').update(key).digest().subarray(0, 7));

const view = (kept: Kept): Group => ({ key: kept.key, total: kept.total, records: kept.records.map((r) => r.record) });
