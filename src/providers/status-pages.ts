import pages from './data/pages.json' with { type: 'json' };

/** Providers whose status page alerts name: a rule holds the address of each. `data/pages.json` says where they are from; no test fetches them. */
const IN_ALERTS =
  'anthropic asana github gitlab mailgun openai paypal sendgrid shopify slack stripe twilio zendesk'.split(' ');

/** The address by the provider's catalogue name. */
export const STATUS_PAGES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(pages.status).filter(([provider]) => IN_ALERTS.includes(provider)),
);
