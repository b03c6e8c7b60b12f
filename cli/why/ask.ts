import type { FailureRecord } from '../../src/evidence/record.ts';
import { type WhyKind, whyOf } from '../../src/evidence/why.ts';
import { ask } from '../client.ts';

/** What the collector counts of one service and provider. */
export interface Health {
  readonly service: string;
  readonly provider: string;
  readonly calls: number;
  readonly failed: number;
  /** The last five minutes, and the hour before them. */
  readonly now: { readonly calls: number; readonly failed: number };
  readonly usual: { readonly calls: number; readonly failed: number };
  /** Seconds. */
  readonly p50?: number;
  readonly p95?: number;
  readonly rateLimitRemaining?: number;
  readonly certificateEnds?: number;
  readonly versions: readonly { readonly version: string; readonly firstSeen: number }[];
}

/** What a question is about; both absent: everything. */
export interface About {
  readonly provider?: string | undefined;
  readonly service?: string | undefined;
  /** Only failures of this long: `15m`. */
  readonly since?: string | undefined;
}

const same = (a: string, b: string | undefined): boolean => b === undefined || a.toLowerCase() === b.toLowerCase();

/** Counts by service and provider from the running collector. */
export async function healthOf(about: About): Promise<Health[]> {
  const { pairs } = (await ask('/api/providers')) as { pairs: Health[] };
  return pairs.filter((pair) => same(pair.provider, about.provider) && same(pair.service, about.service));
}

/** Why calls fail: the kinds of kept failures, and the counts they belong to. */
export async function whyFailing(about: About): Promise<{ readonly kinds: WhyKind[]; readonly health: Health[] }> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(about)) if (value !== undefined) query.set(name, value);
  const { groups } = (await ask(`/api/failures?${query}`)) as { groups: { total: number; records: FailureRecord[] }[] };
  const health = await healthOf(about);
  return { kinds: whyOf(groups, health), health };
}
