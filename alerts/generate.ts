import { rulesFor } from './groups.ts';
import { type AlertmanagerOptions, alertmanagerFor } from './routing/alertmanager.ts';
import { prometheusRuleYaml, rulesYaml, yamlOf } from './write.ts';

/** What `docker compose up` uses: the receiver that shows the pages. */
const LOCAL: AlertmanagerOptions = {
  channels: {
    page: [{ kind: 'webhook', url: 'http://127.0.0.1:9469/page' }],
    ticket: [{ kind: 'webhook', url: 'http://127.0.0.1:9469/ticket' }],
  },
};

const secret = (name: string): string => `/etc/alertmanager/secrets/${name}`;
/** Every kind of channel that Alertmanager 0.25 has, once, to copy from. */
const EVERY_CHANNEL: AlertmanagerOptions = {
  templates: ['../templates/*.tmpl'],
  channels: {
    page: [
      { kind: 'pagerduty', routingKeyFile: secret('pagerduty') },
      { kind: 'slack', channel: '#on-call', urlFile: secret('slack') },
    ],
    ticket: [{ kind: 'slack', channel: '#api-tickets', urlFile: secret('slack') }],
  },
  owners: {
    load: { page: [{ kind: 'opsgenie', keyFile: secret('opsgenie') }] },
    network: {
      ticket: [
        {
          kind: 'email',
          to: 'network@example.org',
          from: 'alertmanager@example.org',
          smarthost: 'mail.example.org:587',
          username: 'alertmanager',
          passwordFile: secret('mail'),
        },
      ],
    },
  },
  watchdog: [{ kind: 'webhook', url: 'https://deadman.example.org/faultlayer', credentialsFile: secret('deadman') }],
};

/** The committed files that are made from the tables: path from the repository root → text. */
export function generate(): Map<string, string> {
  const groups = rulesFor();
  return new Map([
    ['alerts/generated/rules.yml', rulesYaml(groups)],
    ['alerts/generated/prometheusrule.yaml', prometheusRuleYaml(groups)],
    [
      'alerts/alertmanager.yml',
      yamlOf(alertmanagerFor(LOCAL), 'One webhook for everything: the start. Written by `npm run gen`.'),
    ],
    [
      'alerts/generated/alertmanager.example.yml',
      yamlOf(alertmanagerFor(EVERY_CHANNEL), 'Every kind of channel, secrets in files. Written by `npm run gen`.'),
    ],
  ]);
}
