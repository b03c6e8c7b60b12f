import { DASHBOARDS } from '../../src/contract/index.ts';
import { type FailureRecord, headlineOf } from '../../src/evidence/record.ts';
import type { CollectorContext } from '../base/context.ts';
import { type Html, html } from './html.ts';

/**
 * Status pages by provider, as of November 2026. Sources: @sentry/status-page-list 0.6.1 (MIT) for the domains of src/providers/data/hosts.json;
 * the rest as public documentation links them.
 */
const STATUS = new Map(
  Object.entries({
    algolia: 'status.algolia.com',
    anthropic: 'status.claude.com',
    asana: 'status.asana.com',
    auth0: 'status.auth0.com',
    aws: 'health.aws.amazon.com/health/status',
    'azure-cosmos': 'azure.status.microsoft/en-us/status',
    'azure-openai': 'azure.status.microsoft/en-us/status',
    'azure-resource-manager': 'azure.status.microsoft/en-us/status',
    bitbucket: 'status.atlassian.com',
    box: 'status.box.com',
    clickup: 'status.clickup.com',
    'cloudflare-api': 'www.cloudflarestatus.com',
    cohere: 'status.cohere.com',
    digitalocean: 'status.digitalocean.com',
    discord: 'discordstatus.com',
    dropbox: 'status.dropbox.com',
    'fastly-api': 'www.fastlystatus.com',
    firebase: 'status.cloud.google.com',
    github: 'www.githubstatus.com',
    gitlab: 'status.gitlab.com',
    'google-apis': 'status.cloud.google.com',
    heroku: 'status.heroku.com',
    hubspot: 'status.hubspot.com',
    intercom: 'www.intercomstatus.com',
    'jira-cloud': 'status.atlassian.com',
    launchdarkly: 'status.launchdarkly.com',
    linear: 'linearstatus.com',
    mailchimp: 'status.mailchimp.com',
    mapbox: 'status.mapbox.com',
    monday: 'status.monday.com',
    'mongodb-atlas': 'status.mongodb.com',
    notion: 'status.notion.so',
    okta: 'status.okta.com',
    openai: 'status.openai.com',
    pagerduty: 'status.pagerduty.com',
    paypal: 'www.paypal-status.com/product/production',
    resend: 'resend-status.com',
    salesforce: 'status.salesforce.com',
    sendgrid: 'status.sendgrid.com',
    sentry: 'status.sentry.io',
    shopify: 'www.shopifystatus.com',
    slack: 'slack-status.com',
    square: 'www.issquareup.com',
    stripe: 'status.stripe.com',
    supabase: 'status.supabase.com',
    twilio: 'status.twilio.com',
    'vercel-api': 'www.vercel-status.com',
    xero: 'status.xero.com',
    zendesk: 'status.zendesk.com',
    zoom: 'status.zoom.us',
  }),
);

/** Where a provider’s support is asked, as public documentation links it, November 2026. */
const SUPPORT = new Map(
  Object.entries({
    anthropic: 'support.claude.com',
    github: 'support.github.com',
    openai: 'help.openai.com',
    paypal: 'developer.paypal.com/support',
    sendgrid: 'support.sendgrid.com',
    shopify: 'help.shopify.com',
    slack: 'slack.com/help',
    stripe: 'support.stripe.com',
    twilio: 'help.twilio.com',
  }),
);

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
  const pages: (readonly [string, string | undefined])[] = [
    ['Dashboard', config.grafanaUrl && `${config.grafanaUrl}/d/${DASHBOARDS.failure.uid}?${selected}`],
    ['Runbook', `${config.runbooksUrl}/${runbookOf(r)}.md`],
    ['Provider’s status', STATUS.get(r.provider) && `https://${STATUS.get(r.provider)}`],
    ['Provider’s support', SUPPORT.get(r.provider) && `https://${SUPPORT.get(r.provider)}`],
  ];
  return html`<nav class="elsewhere" aria-label="Elsewhere">${pages.map(
    ([name, url]) => url !== undefined && html`<a href="${url}" rel="external noreferrer">${name}</a>`,
  )}</nav>`;
}
