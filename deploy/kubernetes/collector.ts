import { VERSION } from '../../src/version.ts';
import {
  CONTAINER_SECURITY,
  disruptionBudget,
  type Manifest,
  metadata,
  NAMESPACE,
  POD_SECURITY,
  probe,
  resources,
  selector,
  serviceMonitor,
} from './common.ts';

const NAME = 'faultlayer-collector';
const OTLP = { name: 'otlp-http', port: 4318 };
const GRPC = { name: 'otlp-grpc', port: 4317 };
/** After SIGTERM: requests in flight 5 s, a last scrape 25 s (FAULTLAYER_STOP_SECONDS), what is to be sent on 5 s, readers 5 s. */
const GRACE_SECONDS = 45;
const METRICS = { name: 'metrics', port: 9468 };

/** What an installation decides; the Helm chart puts an expression for each. */
export interface Values {
  readonly namespace: string;
  readonly image: string;
  readonly cpu: string;
  /** Of the pod. The collector refuses bodies at 85 % of it, and itself asks for 512 MiB at most. */
  readonly memory: string;
  readonly tokenSecret: string;
  /** Namespace whose pods may read metrics and pages, besides the collector's own. */
  readonly readers: string;
}

export const DEFAULTS: Values = {
  namespace: NAMESPACE,
  image: `faultlayer/collector:${VERSION}`,
  cpu: '250m',
  memory: '1Gi',
  tokenSecret: NAME,
  readers: 'monitoring',
};

/** Names under which the Service is asked. */
const hosts = (namespace: string): string =>
  [NAME, `${NAME}.${namespace}`, `${NAME}.${namespace}.svc`, `${NAME}.${namespace}.svc.cluster.local`].join(',');

/**
 * faultlayer's own collector, one replica: counters live in one process, two behind a service would split every series.
 * A fleet uses the OpenTelemetry Collector instead (fleet-agent, fleet-gateway).
 */
export const collector = (values: Values = DEFAULTS): Manifest[] => [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...metadata(NAME), namespace: values.namespace },
    spec: {
      replicas: 1,
      strategy: { type: 'Recreate' },
      selector: { matchLabels: selector(NAME) },
      template: {
        metadata: { labels: metadata(NAME).labels },
        spec: {
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: GRACE_SECONDS,
          securityContext: POD_SECURITY,
          containers: [
            {
              name: 'collector',
              image: values.image,
              ports: [OTLP, GRPC, METRICS].map(({ name, port }) => ({ name, containerPort: port })),
              env: [
                { name: 'FAULTLAYER_HTTP_HOSTS', value: hosts(values.namespace) },
                { name: 'FAULTLAYER_HTTP_TOKEN_FILE', value: '/etc/faultlayer/token' },
              ],
              volumeMounts: [{ name: 'token', mountPath: '/etc/faultlayer', readOnly: true }],
              resources: resources(values.cpu, values.memory),
              securityContext: CONTAINER_SECURITY,
              livenessProbe: probe('/-/healthy', METRICS.name),
              readinessProbe: probe('/-/ready', METRICS.name),
            },
          ],
          // made beforehand, so that no token stands in a manifest:
          // kubectl -n observability create secret generic faultlayer-collector --from-literal=token="$(openssl rand -base64 24)"
          volumes: [{ name: 'token', secret: { secretName: values.tokenSecret, defaultMode: 0o440 } }],
        },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...metadata(NAME), namespace: values.namespace },
    spec: {
      selector: selector(NAME),
      ports: [OTLP, GRPC, METRICS].map(({ name, port }) => ({ name, port, targetPort: name })),
    },
  },
  disruptionBudget({ ...metadata(NAME), namespace: values.namespace }),
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { ...metadata(NAME), namespace: values.namespace },
    spec: {
      podSelector: { matchLabels: selector(NAME) },
      policyTypes: ['Ingress'],
      ingress: [
        // Every service sends; metrics and pages are for whoever watches.
        { from: [{ namespaceSelector: {} }], ports: [OTLP, GRPC].map(({ name }) => ({ port: name })) },
        {
          from: [
            { podSelector: {} },
            { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': values.readers } } },
          ],
          ports: [{ port: METRICS.name }],
        },
      ],
    },
  },
  { ...serviceMonitor(NAME, METRICS.name), metadata: { ...metadata(NAME), namespace: values.namespace } },
];
