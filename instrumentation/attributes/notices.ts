import { HeaderSet } from '../capture/header-set.ts';
import type { Call } from '../capture/types.ts';
import type { AttributeList } from '../span/list.ts';

const NOTICES = new HeaderSet(['deprecation', 'sunset', 'proxy-status']);

/** Unix seconds of `Deprecation` (RFC 9745: `@1688169599`; its drafts and RFC 8594: an HTTP date); a bare `true` has no date. */
function secondsOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const seconds = value.startsWith('@') ? Number(value.slice(1)) : Date.parse(value) / 1000;
  return Number.isSafeInteger(Math.trunc(seconds)) ? Math.trunc(seconds) : undefined;
}

/** RFC 9209 §2.1: the `error` parameter of the last member that has one; a token of its registry. */
const ERROR = /;\s*error="?([a-z_]{1,40})\b/g;

/** What the answer announces of the endpoint's end, and what a proxy in between says of a failure. */
export function addNotices(a: AttributeList, call: Call, failed: boolean): void {
  const names = call.responseHeaderNames();
  if (!(Array.isArray(names) && NOTICES.meets(names as readonly string[]))) return;
  const deprecation = secondsOf(call.responseHeader('deprecation'));
  if (deprecation !== undefined) a.set('api.deprecation.at', deprecation);
  const sunset = secondsOf(call.responseHeader('sunset'));
  if (sunset !== undefined) a.set('api.sunset.at', sunset);
  const proxy = failed ? [...(call.responseHeader('proxy-status') ?? '').matchAll(ERROR)].at(-1)?.[1] : undefined;
  if (proxy !== undefined) a.set('api.proxy.status', proxy);
}
