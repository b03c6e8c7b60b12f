import { VERSION } from '../../src/version.ts';
import {
  CONTAINER_SECURITY,
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
/** Names under which the Service is asked. */
const HOSTS = [NAME, `${NAME}.${NAMESPACE}`, `${NAME}.${NAMESPACE}.svc`, `${NAME}.${NAMESPACE}.svc.cluster.local`];
const METRICS = { name: 'metrics', port: 9468 };

/**
 * faultlayer's own collector, one replica: counters live in one process, two behind a service would split every series.
 * A fleet uses the OpenTelemetry Collector instead (fleet-agent, fleet-gateway).
 */
export const collector = (): Manifest[] => [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(NAME),
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
              image: `faultlayer/collector:${VERSION}`,
              ports: [OTLP, GRPC, METRICS].map(({ name, port }) => ({ name, containerPort: port })),
              env: [
                { name: 'FAULTLAYER_HTTP_HOSTS', value: HOSTS.join(',') },
                { name: 'FAULTLAYER_HTTP_TOKEN_FILE', value: '/etc/faultlayer/token' },
              ],
              volumeMounts: [{ name: 'token', mountPath: '/etc/faultlayer', readOnly: true }],
              resources: resources('250m', '512Mi'),
              securityContext: CONTAINER_SECURITY,
              livenessProbe: probe('/-/healthy', METRICS.name),
              readinessProbe: probe('/-/ready', METRICS.name),
            },
          ],
          // made beforehand, so that no token stands in a manifest:
          // kubectl -n observability create secret generic faultlayer-collector --from-literal=token="$(openssl rand -base64 24)"
          volumes: [{ name: 'token', secret: { secretName: NAME, defaultMode: 0o440 } }],
        },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(NAME),
    spec: {
      selector: selector(NAME),
      ports: [OTLP, GRPC, METRICS].map(({ name, port }) => ({ name, port, targetPort: name })),
    },
  },
  serviceMonitor(NAME, METRICS.name),
];
