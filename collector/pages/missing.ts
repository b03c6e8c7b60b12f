import { STORE_LIMITS } from '../evidence/store.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';

/** What is kept of a flood, for whoever looks for one call of it. */
export const KEPT = `Of every kind the newest ${STORE_LIMITS.perGroup} are kept, the first one, ${STORE_LIMITS.spread} spread over time, and of those that a page named (one a minute) or somebody opened the newest ${STORE_LIMITS.namedPerGroup}.`;

/** No failure has this ID, and none of its kind is kept. */
export const missingPage = (): Html =>
  layout(
    'Not kept',
    html`<div class="empty"><h1>This failure is not kept</h1><p>${KEPT} Without <code>FAULTLAYER_EVIDENCE_FILE</code> they end with the collector.</p><p><a href="/failures">Show all failures</a></p></div>`,
  );
