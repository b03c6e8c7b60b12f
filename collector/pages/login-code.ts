import { randomBytes } from 'node:crypto';
import type { CollectorContext } from '../base/context.ts';

const VALID_MS = 10 * 60_000;
const CODES = new WeakMap<CollectorContext, { readonly code: string; readonly until: number }>();

/** A path that signs one browser in once, within ten minutes: it may be printed where logs are kept, which a token must not be. */
export function loginPath(ctx: CollectorContext, now = Date.now()): string {
  const code = randomBytes(18).toString('base64url');
  CODES.set(ctx, { code, until: now + VALID_MS });
  return `/session?code=${code}`;
}

/** Whether the code is the one that was printed, in time and for the first time; a wrong one leaves it. */
export function usesCode(ctx: CollectorContext, code: string, now = Date.now()): boolean {
  const printed = CODES.get(ctx);
  if (printed === undefined || printed.code !== code || now > printed.until) return false;
  CODES.delete(ctx);
  return true;
}
