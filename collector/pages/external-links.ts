import { DASHBOARDS } from '../../src/contract/index.ts';
import { type FailureRecord, headlineOf } from '../../src/evidence/record.ts';
import pages from '../../src/providers/data/pages.json' with { type: 'json' };
import type { CollectorContext } from '../base/context.ts';
import { type Html, html } from './html.ts';

/** The providers' own pages by name; the file says where each list is from. */
export const STATUS: ReadonlyMap<string, string> = new Map(Object.entries(pages.status));
export const SUPPORT: ReadonlyMap<string, string> = new Map(Object.entries(pages.support));

/** The runbook of the alert that pages for such a failure. */
const runbookOf = ({ layer, reason, owner }: FailureRecord): string =>
  layer === 'throttling'
    ? 'ApiThrottlingSurge'
    : reason === 'tls.cert.date_invalid'
      ? 'ApiCertificateExpiresNow'
      : owner === 'provider'
        ? 'ApiProviderDown'
        : 'ApiErrorSpike';

/** Where else to look for this kind of failure: dashboard, runbook, the provider’s own pages. */
export function elsewhere(r: FailureRecord, { config }: CollectorContext): Html {
  const selected = new URLSearchParams({
    'var-service_name': r.service,
    'var-provider': r.provider,
    'var-layer': r.layer,
    ...(r.code === undefined ? {} : { 'var-code': headlineOf(r) }),
  });
  const places: (readonly [string, string | undefined])[] = [
    ['Dashboard', config.grafanaUrl && `${config.grafanaUrl}/d/${DASHBOARDS.failure.uid}?${selected}`],
    ['Runbook', `${config.runbooksUrl}/${runbookOf(r)}.md`],
    ['Provider’s status', STATUS.get(r.provider)],
    ['Provider’s support', SUPPORT.get(r.provider)],
  ];
  return html`<nav class="elsewhere" aria-label="Elsewhere">${places.map(
    ([name, url]) => url !== undefined && html`<a href="${url}" rel="external noreferrer">${name}</a>`,
  )}</nav>`;
}
