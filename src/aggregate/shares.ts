/** Services that fit: their names are label values, and each has its floor of every budget. */
export const SERVICES = 2000;

/** What a label or a metric may hold: a floor for every service, and a pool for whoever comes first. */
export interface Budget {
  readonly floor: number;
  readonly pool: number;
}

export const total = ({ floor, pool }: Budget): number => floor * SERVICES + pool;

/** Nobody in particular: what is not of a service, or of one that is gone. */
export const NOBODY = 0;

/**
 * Who holds how much of a budget. A service always gets its floor. Past it, it may hold as much of the pool as is left for all others: one noisy
 * service ends at half of the pool, two at a third each, and something always remains for one that has just come (dynamic thresholds, Choudhury
 * and Hahne, 1998).
 */
export class Shares {
  readonly budget: Budget;
  private readonly held = new Map<number, number>();
  private used = 0;
  /** Of what is used, what stands within the services' floors. */
  private inFloors = 0;

  constructor(budget: Budget) {
    this.budget = budget;
  }

  /** Takes one for a service if it may have one more. `keep` of the pool is left alone. */
  take(owner: number, keep = 0): boolean {
    const mine = this.held.get(owner) ?? 0;
    const { floor, pool } = this.budget;
    const floorOf = owner === NOBODY ? 0 : floor;
    if (mine >= floorOf) {
      const free = pool - keep - (this.used - this.inFloors);
      if (mine - floorOf >= free) return false;
    } else if (this.used >= total(this.budget)) return false;
    this.change(owner, 1);
    return true;
  }

  give(owner: number): void {
    this.change(owner, -1);
  }

  /** What a service that is gone still holds becomes nobody's. */
  disown(owner: number): void {
    const mine = this.held.get(owner) ?? 0;
    this.change(owner, -mine);
    this.change(NOBODY, mine);
  }

  owners(): Iterable<number> {
    return this.held.keys();
  }

  private change(owner: number, by: number): void {
    const before = this.held.get(owner) ?? 0;
    const { floor } = this.budget;
    const floorOf = owner === NOBODY ? 0 : floor;
    this.used += by;
    this.inFloors += Math.min(before + by, floorOf) - Math.min(before, floorOf);
    if (before + by > 0) this.held.set(owner, before + by);
    else this.held.delete(owner);
  }
}
