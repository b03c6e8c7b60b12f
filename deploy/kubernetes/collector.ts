import { VERSION } from '../../src/version.ts';
import {
  disruptionBudget,
  type Manifest,
  metadata,
  NAMESPACE,
  pod,
  resources,
  selector,
  serviceMonitor,
} from './common.ts';

export const NAME = 'faultlayer-collector';
const OTLP = [
  { name: 'otlp-http', port: 4318 },
  { name: 'otlp-grpc', port: 4317 },
];
const METRICS = { name: 'metrics', port: 9468 };
const PORTS = [...OTLP, METRICS];
/** After SIGTERM: requests in flight 5 s, a last scrape 25 s (FAULTLAYER_STOP_SECONDS), what is to be sent on 5 s, readers 5 s. */
const GRACE_SECONDS = 45;

/** What an installation decides; the Helm chart puts an expression for each. */
export const DEFAULTS = {
  namespace: NAMESPACE,
  image: `ghcr.io/faultlayer/collector:${VERSION}`,
  cpu: '250m',
  /** Of the pod. The collector refuses bodies at 85 % of it, and itself asks for 512 MiB at most. */
  memory: '1Gi',
  /** Secret with the token of the pages under the key `token`. */
  tokenSecret: NAME,
  /** Namespace whose pods may read metrics and pages, besides the collector's own. */
  readers: 'monitoring',
};

/**
 * faultlayer's own collector, one replica: counters live in one process, two behind a service would split every series.
 * A fleet uses the OpenTelemetry Collector instead (fleet-agent, fleet-gateway).
 */
export function collector(values: typeof DEFAULTS = DEFAULTS): Manifest[] {
  const of = metadata(NAME, values.namespace);
  /** What stands behind the Service's name where it is asked. */
  const domains = ['', `.${values.namespace}`, `.${values.namespace}.svc`, `.${values.namespace}.svc.cluster.local`];
  const container = {
    name: 'collector',
    image: values.image,
    ports: PORTS.map(({ name, port }) => ({ name, containerPort: port })),
    env: [
      { name: 'FAULTLAYER_HTTP_HOSTS', value: domains.map((domain) => NAME + domain).join(',') },
      // Without the Secret the pod starts all the same, makes a token, and logs a link that signs in once.
      {
        name: 'FAULTLAYER_HTTP_TOKEN',
        valueFrom: { secretKeyRef: { name: values.tokenSecret, key: 'token', optional: true } },
      },
    ],
    resources: resources(values.cpu, values.memory),
  };
  const readers = [
    { podSelector: {} },
    { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': values.readers } } },
  ];
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: of,
      spec: {
        replicas: 1,
        strategy: { type: 'Recreate' },
        selector: { matchLabels: selector(NAME) },
        template: pod(
          of,
          container,
          { port: METRICS.name, live: '/-/healthy', ready: '/-/ready' },
          { terminationGracePeriodSeconds: GRACE_SECONDS },
        ),
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: of,
      spec: { selector: selector(NAME), ports: PORTS.map(({ name, port }) => ({ name, port, targetPort: name })) },
    },
    disruptionBudget(of),
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: of,
      spec: {
        podSelector: { matchLabels: selector(NAME) },
        policyTypes: ['Ingress'],
        ingress: [
          // Every service sends; metrics and pages are for whoever watches.
          { from: [{ namespaceSelector: {} }], ports: OTLP.map(({ name }) => ({ port: name })) },
          { from: readers, ports: [{ port: METRICS.name }] },
        ],
      },
    },
    serviceMonitor(of),
  ];
}
