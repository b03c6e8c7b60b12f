import { type Html, html } from './html.ts';
import { layout } from './layout.ts';

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
    ? html`<p class="hint">It was made at the first start and is kept for the user who runs the collector:</p><pre>cat ~/.local/state/faultlayer/token</pre>`
    : html`<p class="hint">It is the value of <code>FAULTLAYER_HTTP_TOKEN</code> of the collector.</p>`
}
<p class="hint">Links may carry it as <code>#token=…</code>; a fragment never leaves the browser.</p>
</div>`,
    false,
  );
