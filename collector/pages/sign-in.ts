import { randomBytes } from 'node:crypto';
import type { CollectorContext } from '../base/context.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';

const VALID_MS = 10 * 60_000;
const CODES = new WeakMap<CollectorContext, Map<string, number>>();
/** Links that may be open at a time: one per person who asks for one. */
const OPEN_MAX = 16;

/** A path that signs one browser in once, within ten minutes: it may be printed where logs are kept, which a token must not be. */
export function loginPath(ctx: CollectorContext, now = Date.now()): string {
  const code = randomBytes(18).toString('base64url');
  const open = [...(CODES.get(ctx) ?? [])].filter(([, until]) => until >= now).slice(1 - OPEN_MAX);
  CODES.set(ctx, new Map([...open, [code, now + VALID_MS]]));
  return `/session?code=${code}`;
}

/** Whether the code is one that was printed, in time and for the first time. */
export function usesCode(ctx: CollectorContext, code: string, now = Date.now()): boolean {
  const until = CODES.get(ctx)?.get(code);
  CODES.get(ctx)?.delete(code);
  return until !== undefined && now <= until;
}

/** Shown with 401 in place of a page; goes back to where the visitor wanted to be. */
export const signInPage = (back: string, wrong: boolean, kept: boolean): Html =>
  layout(
    'Sign in',
    html`<div class="sign-in">
<h1>Sign in</h1>
<p>Failures may hold what providers said about your calls, so they want the collector’s token.</p>
<form method="post" action="/session">
<input type="hidden" name="back" value="${back}">
<label>Token <input type="password" name="token" autocomplete="current-password" required autofocus></label>
<button>Sign in</button>
</form>
${wrong && html`<p class="problem" role="alert">That is not the token.</p>`}
${
  kept
    ? html`<p class="hint">It was made at the first start and is kept for the user who runs the collector:</p><pre tabindex="0">cat ~/.local/state/faultlayer/token</pre>`
    : html`<p class="hint">It is the value of <code>FAULTLAYER_HTTP_TOKEN</code> of the collector.</p>`
}
<p class="hint">On a phone: <code>npx faultlayer login</code> shows a code to scan, good for one sign-in within ten minutes.</p>
<p class="hint">Links may carry it as <code>#token=…</code>; a fragment never leaves the browser.</p>
</div>`,
    false,
  );
