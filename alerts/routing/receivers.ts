const named = (template: string): string => `{{ template "faultlayer.${template}" . }}`;
const TITLE = named('title');
const SOURCE = '{{ or .GroupLabels.service_name .GroupLabels.api_provider_name "faultlayer" }}';
/** Alerts in one message to a webhook; the rest is counted. */
const MAX_ALERTS = 100;
const BUTTONS = ['Evidence', 'Dashboard', 'Runbook', 'Silence'];
const url = (link: string): string => named(`link.${link}`);

/** What Alertmanager is told of each kind of channel. Secrets are never in it, only the names of the files that hold them. */
const CONFIG = {
  webhook: (r: { url: string; credentialsFile?: string }) => ({
    url: r.url,
    max_alerts: MAX_ALERTS,
    ...(r.credentialsFile === undefined
      ? {}
      : { http_config: { authorization: { credentials_file: r.credentialsFile } } }),
  }),
  // Alertmanager's Slack messages are attachments with buttons; it cannot send blocks.
  slack: (r: { channel: string; urlFile: string }) => ({
    api_url_file: r.urlFile,
    channel: r.channel,
    color:
      '{{ if eq .Status "firing" }}{{ if eq .CommonLabels.severity "page" }}danger{{ else }}warning{{ end }}{{ else }}good{{ end }}',
    title: named('slack.title'),
    title_link: url('evidence'),
    text: named('slack.short'),
    fallback: named('slack.title'),
    actions: BUTTONS.map((text) => ({ type: 'button', text, url: url(text.toLowerCase()) })),
    // Label values come from remote APIs: without markdown in `text`, `*`, `_`, `~` and backticks are only characters.
    mrkdwn_in: ['pretext'],
    link_names: false,
  }),
  pagerduty: (r: { routingKeyFile: string; url?: string }) => ({
    routing_key_file: r.routingKeyFile,
    ...(r.url === undefined ? {} : { url: r.url }),
    client: SOURCE,
    description: TITLE,
    severity: '{{ if eq .CommonLabels.severity "page" }}critical{{ else }}warning{{ end }}',
    component: '{{ .GroupLabels.service_name }}',
    group: '{{ .GroupLabels.api_provider_name }}',
    class: '{{ or .CommonLabels.api_failure_layer .GroupLabels.owner }}',
    // Alertmanager fills in every alert's labels and annotations where these two are not set.
    details: { firing: named('short'), resolved: '{{ len .Alerts.Resolved }}' },
    links: BUTTONS.map((text) => ({ href: url(text.toLowerCase()), text })),
  }),
  opsgenie: (r: { keyFile: string; url?: string }) => ({
    api_key_file: r.keyFile,
    ...(r.url === undefined ? {} : { api_url: r.url }),
    message: TITLE,
    description: named('text'),
    source: SOURCE,
    tags: '{{ .GroupLabels.owner }},{{ .CommonLabels.severity }}',
    priority: '{{ if eq .CommonLabels.severity "page" }}P1{{ else }}P3{{ end }}',
    details: { runbook: url('runbook') },
  }),
  /** Needs Alertmanager 0.28 or newer: cards, since Teams has retired the messages before them. */
  msteams: (r: { urlFile: string }) => ({
    webhook_url_file: r.urlFile,
    title: TITLE,
    text: named('text'),
  }),
  email: (r: { to: string; from: string; smarthost: string; username?: string; passwordFile?: string }) => ({
    to: r.to,
    from: r.from,
    smarthost: r.smarthost,
    ...(r.username === undefined ? {} : { auth_username: r.username, auth_password_file: r.passwordFile }),
    headers: { Subject: TITLE },
    text: named('text'),
    html: named('email.html'),
  }),
};
type Kind = keyof typeof CONFIG;
/** Where notifications go. */
export type Receiver = { [K in Kind]: { readonly kind: K } & Readonly<Parameters<(typeof CONFIG)[K]>[0]> }[Kind];

/** One Alertmanager receiver of several channels. */
export function receiver(name: string, channels: readonly Receiver[]): Record<string, unknown> {
  const configs = Map.groupBy(channels, ({ kind }) => `${kind === 'msteams' ? 'msteamsv2' : kind}_configs`);
  const config = (r: Receiver) => ({ ...CONFIG[r.kind](r as never), send_resolved: true });
  return { name, ...Object.fromEntries([...configs].map(([key, of]) => [key, of.map(config)])) };
}
