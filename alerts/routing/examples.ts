import type { AlertmanagerOptions } from './alertmanager.ts';

/** What `docker compose up` uses: the receiver that shows the pages. */
export const LOCAL: AlertmanagerOptions = {
  channels: {
    page: [{ kind: 'webhook', url: 'http://127.0.0.1:9469/page' }],
    ticket: [{ kind: 'webhook', url: 'http://127.0.0.1:9469/ticket' }],
  },
};

/** Every kind of channel that Alertmanager 0.25 has, once, to copy from. */
export const EVERY_CHANNEL: AlertmanagerOptions = {
  templates: ['../templates/*.tmpl'],
  channels: {
    page: [
      { kind: 'pagerduty', routingKeyFile: '/etc/alertmanager/secrets/pagerduty' },
      { kind: 'slack', channel: '#on-call', urlFile: '/etc/alertmanager/secrets/slack' },
    ],
    ticket: [{ kind: 'slack', channel: '#api-tickets', urlFile: '/etc/alertmanager/secrets/slack' }],
  },
  owners: {
    load: { page: [{ kind: 'opsgenie', keyFile: '/etc/alertmanager/secrets/opsgenie' }] },
    network: {
      ticket: [
        {
          kind: 'email',
          to: 'network@example.org',
          from: 'alertmanager@example.org',
          smarthost: 'mail.example.org:587',
          username: 'alertmanager',
          passwordFile: '/etc/alertmanager/secrets/mail',
        },
      ],
    },
  },
  watchdog: [
    {
      kind: 'webhook',
      url: 'https://deadman.example.org/faultlayer',
      credentialsFile: '/etc/alertmanager/secrets/deadman',
    },
  ],
};
