import type { Answer } from '../base/types.ts';
import type { HeaderPlan } from './header-plan.ts';

/** HTTP dates as `Date.parse` reads them (RFC 9110 §5.6.7). */
const HTTP_DATE = /^[A-Z][a-z]{2,8}, \d\d[ -][A-Z][a-z]{2}[ -]\d{2,4} \d\d:\d\d:\d\d GMT$/;

function unixSeconds(text: string): number | undefined {
  const date = /^@(\d{1,11})$/.exec(text)?.[1];
  if (date !== undefined) return Number(date);
  return HTTP_DATE.test(text) ? Date.parse(text) / 1000 : undefined;
}

/** When an endpoint was or will be given up. Unix seconds. */
export interface Lifecycle {
  readonly deprecationAt?: number;
  readonly sunsetAt?: number;
}

/** `Deprecation: @1688169599` (RFC 9745; drafts wrote a date, or `true` for some time past: 0) and `Sunset: <HTTP date>` (RFC 8594). */
export function lifecycleOf(answer: Answer, { lifecycle }: HeaderPlan): Lifecycle {
  if (lifecycle.length === 0) return {};
  const deprecated = answer.header('deprecation')?.trim() ?? '';
  const deprecationAt = deprecated === 'true' || deprecated === '?1' ? 0 : unixSeconds(deprecated);
  const sunsetAt = unixSeconds(answer.header('sunset')?.trim() ?? '');
  return {
    ...(deprecationAt === undefined ? {} : { deprecationAt }),
    ...(sunsetAt === undefined ? {} : { sunsetAt }),
  };
}

/** RFC 9209 §2.3: the error of the proxy nearest to us that tells one: `edge; error=connection_timeout; details="…"`. */
export function proxyErrorOf(answer: Answer): string | undefined {
  const text = answer.header('proxy-status');
  if (text === undefined) return undefined;
  // a quoted string may hold anything
  const unquoted = text.slice(0, 1024).replace(/\\./g, '').split('"');
  const bare = unquoted.filter((_, index) => index % 2 === 0).join('');
  return [...bare.matchAll(/;\s{0,4}error=([a-z][a-z_]{1,63})(?![\w-])/g)].at(-1)?.[1];
}
