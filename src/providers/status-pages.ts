/**
 * Where a provider says how it is, and where that address is written: at the provider's own, or in a public list of such pages. A provider
 * without such a source has no row. No test fetches them: an address may have moved since.
 */
const ROWS = [
  ['anthropic', 'https://status.claude.com', 'https://github.com/anthropics/claude-code/issues/63051'],
  ['asana', 'https://trust.asana.com', 'https://github.com/amureki/statuscheck (services/asana.py)'],
  ['gitlab', 'https://status.gitlab.com', 'https://github.com/amureki/statuscheck (services/gitlab.py)'],
  ['github', 'https://www.githubstatus.com', 'https://github.com/edwardneal/StatusPageClient'],
  ['mailgun', 'https://status.mailgun.com', 'https://github.com/amureki/statuscheck (services/mailgun.py)'],
  ['openai', 'https://status.openai.com', 'https://help.openai.com/en/articles/6897179'],
  ['paypal', 'https://www.paypal-status.com', 'https://developer.paypal.com/community/blog/api-calls-challenges'],
  ['sendgrid', 'https://status.sendgrid.com', 'https://github.com/amureki/statuscheck (services/sendgrid.py)'],
  ['shopify', 'https://www.shopifystatus.com', 'https://shopify.dev/docs/api/admin-graphql'],
  ['slack', 'https://status.slack.com', 'https://github.com/amureki/statuscheck (services/slack.py)'],
  ['stripe', 'https://status.stripe.com', 'https://github.com/stripe/stripe-cli/wiki/status-command'],
  ['twilio', 'https://status.twilio.com', 'https://github.com/amureki/statuscheck (services/twilio.py)'],
  ['zendesk', 'https://status.zendesk.com', 'https://developer.zendesk.com/api-reference/status_api/status_api/'],
] as const satisfies readonly (readonly [provider: string, address: string, source: string])[];

/** The address by the provider's catalogue name. */
export const STATUS_PAGES: Readonly<Record<string, string>> = Object.fromEntries(
  ROWS.map(([provider, address]) => [provider, address]),
);
