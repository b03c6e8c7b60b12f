import { duration } from './promql.ts';
import type { TeamRow } from './teams.ts';
import { OVERRIDABLE, type Overridable, THRESHOLDS, type Thresholds, WINDOWS } from './thresholds.ts';

/** Other numbers for one provider, one service, or one service's calls to one provider. */
export interface Override {
  readonly provider?: string;
  readonly service?: string;
  readonly set: Partial<Record<Overridable, number>>;
}

/** Where the links of a page lead. */
export const LINKS = {
  grafana: 'http://127.0.0.1:3000',
  evidence: 'http://127.0.0.1:9468',
  runbooks: 'https://github.com/faultlayer/faultlayer/blob/main/alerts/runbooks',
  alertmanager: 'http://127.0.0.1:9093',
};
type Links = Readonly<typeof LINKS>;

export interface RuleOptions {
  /** Factor on every window; 1 in production. */
  readonly scale?: number;
  readonly thresholds?: Partial<Thresholds>;
  readonly overrides?: readonly Override[];
  readonly links?: Partial<Links>;
  /** Writes a `team` label into every alert. */
  readonly teams?: readonly TeamRow[];
}

/** What every rule file builds from. */
export interface Context {
  readonly scale: number;
  readonly t: Thresholds;
  readonly overrides: readonly Override[];
  readonly links: Links;
  /** The window's length as a Prometheus duration, scaled. */
  readonly w: (window: keyof typeof WINDOWS | number) => string;
}

/** Checks the options and fills in the defaults; throws one sentence for the first thing that cannot be used. */
export function contextOf(options: RuleOptions): Context {
  const scale = options.scale ?? 1;
  if (!Number.isFinite(scale) || scale < 1 / 1000 || scale > 100)
    throw new Error('scale must be a number from 0.001 to 100');
  const overrides = options.overrides ?? [];
  for (const [i, o] of overrides.entries()) checkOverride(o, `override ${i + 1}`);
  for (const [name, value] of Object.entries(options.thresholds ?? {})) {
    if (!Object.hasOwn(THRESHOLDS, name)) throw new Error(`there is no threshold '${name}'`);
    if (!Number.isFinite(value) || value < 0) throw new Error(`threshold ${name} must be a number of at least 0`);
  }
  return {
    scale,
    overrides,
    t: { ...THRESHOLDS, ...options.thresholds },
    links: { ...LINKS, ...options.links },
    w: (window) => duration((typeof window === 'number' ? window : WINDOWS[window]) * scale),
  };
}

function checkOverride(o: Override, where: string): void {
  if (o.provider === undefined && o.service === undefined) throw new Error(`${where} names no provider and no service`);
  if (Object.keys(o.set ?? {}).length === 0) throw new Error(`${where} sets nothing`);
  for (const [name, value] of Object.entries(o.set)) {
    if (!Object.hasOwn(OVERRIDABLE, name))
      throw new Error(
        `${where}: '${name}' cannot be overridden; it must be one of ${Object.keys(OVERRIDABLE).join(', ')}`,
      );
    const { min, max } = OVERRIDABLE[name as Overridable];
    if (!Number.isFinite(value) || value < min || value > max)
      throw new Error(`${where}: ${name} must be a number from ${min} to ${max}`);
  }
}
