import type { Owner } from '../../src/contract/index.ts';
import { duration } from '../promql.ts';
import { type Receiver, receiver } from './receivers.ts';

const OWNERS = ['caller', 'provider', 'load', 'network', 'pipeline'] as const satisfies (Owner | 'pipeline')[];
export interface Channels {
  readonly page: readonly Receiver[];
  readonly ticket: readonly Receiver[];
}

export interface AlertmanagerOptions {
  /** Factor on every delay; the same as the rules'. */
  readonly scale?: number;
  /** Where pages and tickets go unless their owner has channels of its own. */
  readonly channels: Channels;
  readonly owners?: Partial<Record<(typeof OWNERS)[number], Partial<Channels>>>;
  /** Channels of a team, by the `team` label; a team without any is reached by owner. */
  readonly teams?: Readonly<Record<string, Channels>>;
  /** A dead man’s switch gets the watchdog; without one it is not sent anywhere. */
  readonly watchdog?: readonly Receiver[];
  /** Globs of template files, as Alertmanager resolves them: relative to the configuration. */
  readonly templates?: readonly string[];
}

/** The labels that make two alerts one incident: who calls whom, and who has to act. */
export const GROUP_BY = ['service_name', 'api_provider_name', 'server_address', 'owner', 'severity'] as const;

const PAIR = ['service_name', 'api_provider_name'] as const;
/** Alerts that one service's failing calls make. */
const SPIKES = 'ApiErrorSpike|ApiErrorSpikeLowTraffic|ApiErrorsManyCodes|ApiThrottlingSurge|ApiJobFailing';

const OTHERS = 'ApiNewErrorCode|ApiFailureBudgetBurn|ApiCancelSurge|ApiCallsMissing|ApiHostDown|ApiHostFailing';

/** What need not be said because something greater is being said already: the matchers of the greater, of the other, and what both share. */
export const INHIBITIONS = (
  [
    // The provider is down for everybody: no page per caller, layer and code.
    [
      ['alertname="ApiProviderDown"'],
      [`alertname=~"${SPIKES}|ApiCallsHang|${OTHERS}|ApiLatencyHigh|ApiRetryStorm"`],
      ['api_provider_name'],
    ],
    // The connection fails: what the few answers that still come say is a consequence.
    [['owner="network"', 'severity="page"'], ['owner=~"caller|provider|load"', `alertname=~"${SPIKES}"`], PAIR],
    // The provider fails the service: what the caller's own codes say meanwhile is not worth a second page.
    [['owner="provider"', 'severity="page"'], ['owner=~"caller|load"', `alertname=~"${SPIKES}"`], PAIR],
    // The page is out; its ticket would say the same later.
    [[`alertname=~"${SPIKES}|ApiCallsHang"`], [`alertname=~"${OTHERS}"`], PAIR],
    [['alertname="ApiHostDown"'], ['alertname="ApiHostFailing"'], [...PAIR, 'server_address']],
    [['alertname="ApiCertificateExpiresNow"'], ['alertname="ApiCertificateExpiresSoon"'], ['server_address']],
    [['alertname="FaultlayerCollectorDown"'], ['alertname="FaultlayerTargetDown"'], []],
  ] as const
).map(([source_matchers, target_matchers, equal]) => ({ source_matchers, target_matchers, equal }));
export type Inhibition = (typeof INHIBITIONS)[number];

const NOWHERE = 'nowhere';

/** Alertmanager's configuration: by owner, then by severity. */
export function alertmanagerFor(options: AlertmanagerOptions): Record<string, unknown> {
  const w = (seconds: number) => duration(seconds * (options.scale ?? 1));
  /** Teams before owners: the first route that fits is taken. */
  const asked = [
    ...Object.entries(options.teams ?? {}).map(([team, own]) => [`team-${team}`, `team="${team}"`, own] as const),
    ...OWNERS.map((owner) => {
      const channels = { ...options.channels, ...options.owners?.[owner] };
      return [owner, `owner="${owner}"`, channels] as const;
    }),
  ];
  return {
    templates: options.templates ?? ['templates/*.tmpl'],
    route: {
      receiver: NOWHERE,
      group_by: [...GROUP_BY],
      // Long enough for the alerts of one incident to arrive together, short against the time to page.
      group_wait: w(5),
      group_interval: w(120),
      repeat_interval: w(4 * 3600),
      routes: [
        {
          receiver: options.watchdog === undefined ? NOWHERE : 'watchdog',
          matchers: ['alertname="FaultlayerWatchdog"'],
          group_wait: '0s',
          group_interval: w(60),
          repeat_interval: w(300),
        },
        ...asked.map(([name, matcher]) => ({
          receiver: `${name}-ticket`,
          matchers: [matcher],
          routes: [{ receiver: `${name}-page`, matchers: ['severity="page"'] }],
        })),
      ],
    },
    inhibit_rules: INHIBITIONS,
    receivers: [
      { name: NOWHERE },
      ...(options.watchdog === undefined ? [] : [receiver('watchdog', options.watchdog)]),
      ...asked.flatMap(([name, , channels]) => [
        receiver(`${name}-page`, channels.page),
        receiver(`${name}-ticket`, channels.ticket),
      ]),
    ],
  };
}
