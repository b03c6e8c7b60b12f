import { STEPS } from '../contract/index.ts';
import { COLUMN, COLUMNS } from './columns.ts';
import type { Dictionary } from './dictionary.ts';
import type { Families } from './families.ts';
import type { Clock } from './family.ts';
import type { Links } from './links.ts';

export type InFlightMetric = 'inFlight' | 'oldestInFlight';

/** Calls of one instance that have not ended, by provider and phase. */
export interface InstanceReport {
  readonly service: string;
  readonly provider: string;
  readonly phase: string;
  readonly instance: string;
  readonly value: number;
}

/** Takes what instances say of their calls that have not ended into the in-flight gauges. */
export class InstanceReports {
  private readonly dictionaries: readonly Dictionary[];
  private readonly links: Links;
  private readonly families: Families;
  private readonly clock: Clock;
  private readonly key = new Int32Array(COLUMNS.length);

  constructor(dictionaries: readonly Dictionary[], links: Links, families: Families, clock: Clock) {
    this.dictionaries = dictionaries;
    this.links = links;
    this.families = families;
    this.clock = clock;
  }

  begin(whole: boolean): void {
    if (!whole) return;
    this.families.inFlight.forget();
    this.families.oldestInFlight.forget();
  }

  take(metric: InFlightMetric, { service, provider, phase, instance, value }: InstanceReport): void {
    const { key } = this;
    key[COLUMN.service] = this.dictionaries[COLUMN.service]!.ofString(service);
    this.clock.owner = key[COLUMN.service]!;
    key[COLUMN.provider] = this.dictionaries[COLUMN.provider]!.ofString(provider);
    // Position 0 is a phase that nobody knows.
    const row = this.links.find(metric, key, 0, (STEPS as readonly string[]).indexOf(phase) + 1);
    if (row >= 0) this.families[metric].report(row, `${service} ${instance}`, value);
  }
}
