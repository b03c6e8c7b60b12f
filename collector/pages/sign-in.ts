import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { CollectorContext, Route } from '../base/context.ts';
import { admitted, endSession, isToken, local, startSession } from './guard.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import { queryOf, redirect, sendHtml, sendJson, sendText } from './send.ts';

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
export const signInPage = ({ config }: CollectorContext, back = '/failures', wrong = false): Html =>
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
  config.httpToken === undefined
    ? html`<p class="hint">It was made at the first start and is kept for the user who runs the collector:</p><pre tabindex="0">cat ~/.local/state/faultlayer/token</pre>`
    : html`<p class="hint">It is the value of <code>FAULTLAYER_HTTP_TOKEN</code> of the collector.</p>`
}
<p class="hint">On a phone: <code>npx faultlayer login</code> shows a code to scan, good for one sign-in within ten minutes.</p>
<p class="hint">Links may carry it as <code>#token=…</code>; a fragment never leaves the browser.</p>
</div>`,
    false,
  );

const FORM_MAX = 4096;

/** A small URL-encoded form, or undefined for anything else. */
async function readForm(req: IncomingMessage): Promise<URLSearchParams | undefined> {
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(req.headers['content-type'] ?? '')) return undefined;
  let body = '';
  req.setEncoding('utf8');
  for await (const chunk of req as AsyncIterable<string>) {
    body += chunk;
    if (body.length > FORM_MAX) return undefined;
  }
  return new URLSearchParams(body);
}

const NO_FORM = 'a form must come from this server’s own page';

/** Signing in: a form from this very origin, or `Authorization: Bearer` from the page’s script. Nothing else is read. */
export const signIn = local(async (req, res, ctx) => {
  if (admitted(req, ctx)) {
    startSession(res, ctx);
    return sendText(res, 200, 'signed in');
  }
  if (req.headers.origin === undefined) return sendText(res, 403, NO_FORM);
  const form = await readForm(req);
  if (form === undefined) return sendText(res, 415, 'application/x-www-form-urlencoded, at most 4 KiB');
  const asked = form.get('back') ?? '';
  const back = /^\/(?:failures|trace)(?:[/?][^\\\s]*)?$/.test(asked) ? (asked as `/${string}`) : '/failures';
  if (!isToken(form.get('token') ?? '', ctx)) return sendHtml(res, 401, signInPage(ctx, back, true));
  startSession(res, ctx);
  redirect(res, back);
});

/** A link that the collector printed at start; a code that is wrong, old or used leads to the form. Who asks with HEAD looks, and uses nothing up. */
export const signInOnce = local((req, res, ctx) => {
  if (req.method === 'HEAD' || !usesCode(ctx, queryOf(req).get('code') ?? ''))
    return sendHtml(res, 401, signInPage(ctx));
  startSession(res, ctx);
  redirect(res, '/failures');
});

/** A fresh link for `faultlayer login`, and where it leads from outside, for who has shown the token. */
export const loginApi: Route['handle'] = (_req, res, ctx) =>
  sendJson(res, 200, { path: loginPath(ctx), publicUrl: ctx.config.publicUrl });

export const signOut = local((req, res) => {
  if (req.headers.origin === undefined) return sendText(res, 403, NO_FORM);
  endSession(res);
  redirect(res, '/failures');
});
