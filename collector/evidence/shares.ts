import { createHash, randomBytes } from 'node:crypto';
import type { FailureRecord } from '../../src/evidence/record.ts';

interface Entry {
  readonly record: FailureRecord;
  readonly bytes: number;
  /** A page may name it, or somebody has opened it. */
  pinned: boolean;
}

export interface Kept {
  readonly key: string;
  /** Half of the IDs of its members. */
  readonly kind: string;
  readonly owner: Owner;
  readonly records: Entry[];
  total: number;
  /** The total when the metrics were read last. */
  told: number;
  last: number;
}

/** A service, or one provider of a service: whose share a kind counts against. */
export interface Share {
  kinds: number;
  bytes: number;
}
interface Owner extends Share {
  readonly key: string;
  readonly service: Share & { readonly name: string; readonly owners: Set<Owner> };
  readonly held: Set<Kept>;
}

export const largest = <T>(all: Iterable<T>, size: (one: T) => number): T | undefined => {
  let found: T | undefined;
  let most = Number.NEGATIVE_INFINITY;
  for (const one of all)
    if (size(one) > most) {
      found = one;
      most = size(one);
    }
  return found;
};

/** Who holds how much: kinds by provider of a service, and who gives way where room is short. */
export class Shares {
  /** In the order in which they were seen last. */
  readonly groups = new Map<string, Kept>();
  readonly kinds = new Map<string, Kept>();
  private readonly owners = new Map<string, Owner>();
  private readonly services = new Map<string, Owner['service']>();
  bytes = 0;

  open(key: string, { service: name, provider }: FailureRecord): Kept {
    const service = this.services.get(name) ?? { name, kinds: 0, bytes: 0, owners: new Set<Owner>() };
    this.services.set(name, service);
    const ownerKey = JSON.stringify([name, provider]);
    const owner = this.owners.get(ownerKey) ?? { key: ownerKey, kinds: 0, bytes: 0, service, held: new Set<Kept>() };
    this.owners.set(ownerKey, owner);
    service.owners.add(owner);
    const kept: Kept = { key, kind: kindOf(key), owner, records: [], total: 0, told: 0, last: 0 };
    owner.held.add(kept);
    owner.kinds++;
    service.kinds++;
    this.groups.set(key, kept);
    this.kinds.set(kept.kind, kept);
    return kept;
  }

  weigh({ owner }: Kept, bytes: number): void {
    this.bytes += bytes;
    owner.bytes += bytes;
    owner.service.bytes += bytes;
  }

  /** Takes an emptied kind out of its owner's share. */
  forget(kept: Kept): void {
    const { key, kind, owner } = kept;
    this.groups.delete(key);
    this.kinds.delete(kind);
    owner.held.delete(kept);
    owner.kinds--;
    if (--owner.service.kinds === 0) this.services.delete(owner.service.name);
    if (owner.kinds > 0) return;
    this.owners.delete(owner.key);
    owner.service.owners.delete(owner);
  }

  /** The kinds of whoever holds the most, by what is short. */
  payer(size: (share: Share) => number): Owner {
    return largest(largest(this.services.values(), size)!.owners, size)!;
  }

  /** The kind that gives way; never the one just added. Of the lately seen none, else a new kind would never come to stay; of the others the rarest. */
  victim(added: Kept, count: number, size: (share: Share) => number): Kept {
    const payer = this.payer(size);
    if (payer.held.size === 1) {
      // every service has one kind only: the one that has been quiet the longest goes
      const [first, second] = this.groups.values();
      return first !== added ? first! : (second ?? added);
    }
    const pool = [...payer.held];
    const late = count - Math.max(1, pool.length >> 2);
    const others = pool.filter((kept) => kept !== added);
    const quiet = others.filter((kept) => kept.last <= late);
    const rarest = quiet.length > 0 ? Math.min(...quiet.map((kept) => kept.total)) : 0;
    const from = rarest === 0 ? others : quiet.filter((kept) => kept.total === rarest);
    return largest(from, (kept) => -kept.last) ?? added;
  }
}

const ID_LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';
/** Five bits per letter, without those that are mistaken for another. */
const lettersOf = (bytes: Uint8Array): string => Array.from(bytes, (b) => ID_LETTERS[b & 31]).join('');
export const randomText = (length: number): string => lettersOf(randomBytes(length));
const kindOf = (key: string): string => lettersOf(createHash('sha256').update(key).digest().subarray(0, 7));
