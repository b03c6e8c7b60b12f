/** Where notifications go. Secrets are never in the configuration, only the names of the files that hold them. */
export type Receiver =
  | { readonly kind: 'webhook'; readonly url: string; readonly credentialsFile?: string }
  | { readonly kind: 'slack'; readonly channel: string; readonly urlFile: string }
  | { readonly kind: 'pagerduty'; readonly routingKeyFile: string }
  | {
      readonly kind: 'email';
      readonly to: string;
      readonly from: string;
      readonly smarthost: string;
      readonly username: string;
      readonly passwordFile: string;
    };

const TITLE = '{{ template "faultlayer.title" . }}';
/** Newest alerts in one notification; the rest is counted. */
const MAX_ALERTS = 20;

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
  slack: (r) => [
    'slack_configs',
    {
      api_url_file: r.urlFile,
      channel: r.channel,
      send_resolved: true,
      color:
        '{{ if eq .Status "firing" }}{{ if eq .CommonLabels.severity "page" }}danger{{ else }}warning{{ end }}{{ else }}good{{ end }}',
      title: '{{ template "faultlayer.slack.title" . }}',
      title_link: '{{ (index .Alerts 0).Annotations.dashboard_url }}',
      text: '{{ template "faultlayer.slack.text" . }}',
      fallback: '{{ template "faultlayer.slack.title" . }}',
      // Label values come from remote APIs: without markdown in `text`, `*`, `_`, `~` and backticks are only characters.
      mrkdwn_in: ['pretext'],
      link_names: false,
    },
  ],
  pagerduty: (r) => [
    'pagerduty_configs',
    {
      routing_key_file: r.routingKeyFile,
      send_resolved: true,
      description: TITLE,
      severity: '{{ if eq .CommonLabels.severity "page" }}critical{{ else }}warning{{ end }}',
      component: '{{ .GroupLabels.service_name }}',
      group: '{{ .GroupLabels.api_provider_name }}',
      class: '{{ .CommonLabels.api_failure_layer }}',
      details: { page: '{{ template "faultlayer.text" . }}' },
      links: [
        { href: '{{ (index .Alerts 0).Annotations.dashboard_url }}', text: 'Dashboard' },
        { href: '{{ (index .Alerts 0).Annotations.runbook_url }}', text: 'Runbook' },
      ],
    },
  ],
  email: (r) => [
    'email_configs',
    {
      to: r.to,
      from: r.from,
      smarthost: r.smarthost,
      auth_username: r.username,
      auth_password_file: r.passwordFile,
      send_resolved: true,
      headers: { Subject: TITLE },
      text: '{{ template "faultlayer.text" . }}',
      html: '{{ template "faultlayer.email.html" . }}',
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
