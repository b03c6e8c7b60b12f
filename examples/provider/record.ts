export interface Sent {
  readonly id: string;
  readonly api: string;
  readonly status: number;
  readonly atMs: number;
}

const KEPT = 50_000;

/** Every request ID the provider really sent, newest last; the oldest are forgotten past {@link KEPT}. */
export class Ledger {
  readonly #sent = new Map<string, Sent>();
  add(entry: Sent): void {
    this.#sent.set(entry.id, entry);
    if (this.#sent.size > KEPT) this.#sent.delete(this.#sent.keys().next().value!);
  }
  find(id: string): Sent | undefined {
    return this.#sent.get(id);
  }
  /** Answers per API and status. */
  totals(): Record<string, Record<string, number>> {
    const totals: Record<string, Record<string, number>> = {};
    for (const { api, status } of this.#sent.values()) {
      totals[api] ??= {};
      totals[api][status] = (totals[api][status] ?? 0) + 1;
    }
    return totals;
  }
}
