/** Stable Grafana uids; pages and dashboards link by them. */
export const DASHBOARDS = {
  overview: { uid: 'faultlayer-overview', title: 'Outbound overview' },
  provider: { uid: 'faultlayer-provider', title: 'Provider' },
  failure: { uid: 'faultlayer-failure', title: 'Failure' },
  pipeline: { uid: 'faultlayer-pipeline', title: 'Pipeline health' },
} as const;
