import { stringify } from 'yaml';
import { agent as agentConfig, gateway as gatewayConfig } from '../../collector/otelcol/config.ts';
import {
  CONTAINER_SECURITY,
  disruptionBudget,
  type Manifest,
  metadata,
  POD_SECURITY,
  probe,
  resources,
  selector,
  serviceMonitor,
} from './common.ts';

const IMAGE = 'otel/opentelemetry-collector-contrib:0.161.0';
const AGENT = 'faultlayer-agent';
const GATEWAY = 'faultlayer-gateway';
const HEADLESS = `${GATEWAY}-headless`;
const OTLP_PORTS = [
  { name: 'otlp-grpc', containerPort: 4317 },
  { name: 'otlp-http', containerPort: 4318 },
];
const HEALTH_PORT = { name: 'health', containerPort: 13133 };

/** Listens on every address of the pod; outside a pod the configuration's default is loopback. */
const LISTEN = [
  { name: 'OTLP_GRPC_ENDPOINT', value: '0.0.0.0:4317' },
  { name: 'OTLP_HTTP_ENDPOINT', value: '0.0.0.0:4318' },
  { name: 'HEALTH_ENDPOINT', value: '0.0.0.0:13133' },
  { name: 'METRICS_ENDPOINT', value: '0.0.0.0:8889' },
  { name: 'TELEMETRY_HOST', value: '0.0.0.0' },
];

const configMap = (name: string, config: Record<string, unknown>): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: metadata(name),
  data: { 'config.yaml': stringify(config, { aliasDuplicateObjects: false }) },
});

const pod = (name: string, env: { name: string; value: string }[], ports: object[], cpu: string, memory: string) => ({
  metadata: { labels: metadata(name).labels },
  spec: {
    automountServiceAccountToken: false,
    securityContext: POD_SECURITY,
    containers: [
      {
        name: 'otelcol',
        image: IMAGE,
        args: ['--config=/etc/otelcol/config.yaml'],
        env: [...LISTEN, ...env],
        ports: [...OTLP_PORTS, HEALTH_PORT, ...ports],
        resources: resources(cpu, memory),
        securityContext: CONTAINER_SECURITY,
        livenessProbe: probe('/', HEALTH_PORT.name),
        readinessProbe: probe('/', HEALTH_PORT.name),
        volumeMounts: [{ name: 'config', mountPath: '/etc/otelcol', readOnly: true }],
      },
    ],
    volumes: [{ name: 'config', configMap: { name } }],
  },
});

const service = (name: string, target: string, spec: object): Manifest => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { ...metadata(name), labels: metadata(target).labels },
  spec: { selector: selector(target), ...spec },
});

/** One agent per node, reached at the node's address or through the service, which prefers the own node. */
export const agent = (): Manifest[] => [
  configMap(AGENT, agentConfig()),
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: metadata(AGENT),
    spec: {
      selector: { matchLabels: selector(AGENT) },
      template: pod(AGENT, [{ name: 'GATEWAY_HOST', value: HEADLESS }], [], '100m', '256Mi'),
    },
  },
  service(AGENT, AGENT, {
    internalTrafficPolicy: 'Local',
    ports: OTLP_PORTS.map(({ name, containerPort }) => ({ name, port: containerPort, targetPort: name })),
  }),
];

/** Gateways count. Agents send every service to one of them, so scale replicas with care: resharding restarts counters. */
export const gateway = (): Manifest[] => [
  configMap(GATEWAY, gatewayConfig()),
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadata(GATEWAY),
    spec: {
      replicas: 3,
      serviceName: HEADLESS,
      selector: { matchLabels: selector(GATEWAY) },
      template: pod(
        GATEWAY,
        [{ name: 'TEMPO_ENDPOINT', value: 'http://tempo:4318' }],
        [{ name: 'metrics', containerPort: 8889 }],
        '1',
        '2Gi',
      ),
    },
  },
  service(HEADLESS, GATEWAY, {
    clusterIP: 'None',
    ports: [
      { name: 'otlp-grpc', port: 4317, targetPort: 'otlp-grpc' },
      { name: 'metrics', port: 8889, targetPort: 'metrics' },
    ],
  }),
  disruptionBudget(metadata(GATEWAY)),
  serviceMonitor(GATEWAY, 'metrics'),
];
