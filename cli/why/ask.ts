import { type WhyKind, whyOf } from '../../src/evidence/why.ts';
import { ask } from '../client.ts';
import { askGroups } from '../filter.ts';

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

/** Of what is counted, what a question is about. */
export const about = (pairs: readonly Health[], { provider, service }: About): Health[] =>
  pairs.filter((pair) => same(pair.provider, provider) && same(pair.service, service));

/** Counts by service and provider from the running collector. */
export async function countedPairs(): Promise<Health[]> {
  return ((await ask('/api/providers')) as { pairs: Health[] }).pairs;
}

/** Why calls fail: the kinds of kept failures, and the counts they belong to. */
export async function whyFailing(
  question: About,
  pairs: readonly Health[],
): Promise<{ readonly kinds: WhyKind[]; readonly health: Health[] }> {
  const groups = await askGroups(question);
  const health = about(pairs, question);
  return { kinds: whyOf(groups, health), health };
}
