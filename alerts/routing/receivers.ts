/** Where notifications go. Secrets are never in the configuration, only the names of the files that hold them. */
export type Receiver =
  | { readonly kind: 'webhook'; readonly url: string; readonly credentialsFile?: string }
  | { readonly kind: 'slack'; readonly channel: string; readonly urlFile: string }
  | { readonly kind: 'pagerduty'; readonly routingKeyFile: string; readonly url?: string }
  | { readonly kind: 'opsgenie'; readonly keyFile: string; readonly url?: string }
  /** Needs Alertmanager 0.28 or newer. */
  | { readonly kind: 'teams'; readonly urlFile: string }
  | {
      readonly kind: 'email';
      readonly to: string;
      readonly from: string;
      readonly smarthost: string;
      readonly username?: string;
      readonly passwordFile?: string;
    };

const named = (template: string): string => `{{ template "faultlayer.${template}" . }}`;
const TITLE = named('title');
/** Alerts in one message to a webhook; the rest is counted. */
const MAX_ALERTS = 100;
const BUTTONS = [
  ['Evidence', 'evidence'],
  ['Dashboard', 'dashboard'],
  ['Runbook', 'runbook'],
  ['Silence', 'silence'],
] as const;
const url = (link: string): string => named(`link.${link}`);

const CONFIG: { readonly [K in Receiver['kind']]: (r: Extract<Receiver, { kind: K }>) => [string, unknown] } = {
  webhook: (r) => [
    'webhook_configs',
    {
      url: r.url,
      send_resolved: true,
      max_alerts: MAX_ALERTS,
      ...(r.credentialsFile === undefined
        ? {}
        : { http_config: { authorization: { credentials_file: r.credentialsFile } } }),
    },
  ],
  // Alertmanager's Slack messages are attachments with buttons; it cannot send blocks.
  slack: (r) => [
    'slack_configs',
    {
      api_url_file: r.urlFile,
      channel: r.channel,
      send_resolved: true,
      color:
        '{{ if eq .Status "firing" }}{{ if eq .CommonLabels.severity "page" }}danger{{ else }}warning{{ end }}{{ else }}good{{ end }}',
      title: named('slack.title'),
      title_link: url('evidence'),
      text: named('slack.short'),
      fallback: named('slack.title'),
      actions: BUTTONS.map(([text, link]) => ({ type: 'button', text, url: url(link) })),
      // Label values come from remote APIs: without markdown in `text`, `*`, `_`, `~` and backticks are only characters.
      mrkdwn_in: ['pretext'],
      link_names: false,
    },
  ],
  pagerduty: (r) => [
    'pagerduty_configs',
    {
      routing_key_file: r.routingKeyFile,
      ...(r.url === undefined ? {} : { url: r.url }),
      send_resolved: true,
      client: '{{ or .GroupLabels.service_name .GroupLabels.api_provider_name "faultlayer" }}',
      description: TITLE,
      severity: '{{ if eq .CommonLabels.severity "page" }}critical{{ else }}warning{{ end }}',
      component: '{{ .GroupLabels.service_name }}',
      group: '{{ .GroupLabels.api_provider_name }}',
      class: '{{ or .CommonLabels.api_failure_layer .GroupLabels.owner }}',
      // Alertmanager fills in every alert's labels and annotations where these two are not set.
      details: { firing: named('short'), resolved: '{{ len .Alerts.Resolved }}' },
      links: BUTTONS.map(([text, link]) => ({ href: url(link), text })),
    },
  ],
  opsgenie: (r) => [
    'opsgenie_configs',
    {
      api_key_file: r.keyFile,
      ...(r.url === undefined ? {} : { api_url: r.url }),
      send_resolved: true,
      message: TITLE,
      description: named('text'),
      source: '{{ or .GroupLabels.service_name .GroupLabels.api_provider_name "faultlayer" }}',
      tags: '{{ .GroupLabels.owner }},{{ .CommonLabels.severity }}',
      priority: '{{ if eq .CommonLabels.severity "page" }}P1{{ else }}P3{{ end }}',
      details: { runbook: url('runbook') },
    },
  ],
  teams: (r) => [
    'msteams_configs',
    { webhook_url_file: r.urlFile, send_resolved: true, title: TITLE, summary: TITLE, text: named('text') },
  ],
  email: (r) => [
    'email_configs',
    {
      to: r.to,
      from: r.from,
      smarthost: r.smarthost,
      ...(r.username === undefined ? {} : { auth_username: r.username }),
      ...(r.passwordFile === undefined ? {} : { auth_password_file: r.passwordFile }),
      send_resolved: true,
      headers: { Subject: TITLE },
      text: named('text'),
      html: named('email.html'),
    },
  ],
};

/** One Alertmanager receiver of several channels. */
export function receiver(name: string, channels: readonly Receiver[]): Record<string, unknown> {
  const configs: Record<string, unknown[]> = {};
  for (const channel of channels) {
    const [key, config] = CONFIG[channel.kind](channel as never);
    configs[key] ??= [];
    configs[key].push(config);
  }
  return { name, ...configs };
}
