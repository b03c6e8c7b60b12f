import { stringify } from 'yaml';
import { agent as agentConfig, gateway as gatewayConfig } from '../../collector/otelcol/config.ts';
import { disruptionBudget, type Manifest, metadata, pod, resources, selector, serviceMonitor } from './common.ts';

const IMAGE = 'otel/opentelemetry-collector-contrib:0.161.0';
const AGENT = metadata('faultlayer-agent');
const GATEWAY = metadata('faultlayer-gateway');
const HEADLESS = `${GATEWAY.name}-headless`;
const PORTS = { 'otlp-grpc': 4317, 'otlp-http': 4318, metrics: 8889, health: 13133 };
type Port = keyof typeof PORTS;

/** Listens on every address of the pod; outside a pod the configuration's default is loopback. */
const LISTEN = {
  OTLP_GRPC_ENDPOINT: '0.0.0.0:4317',
  OTLP_HTTP_ENDPOINT: '0.0.0.0:4318',
  HEALTH_ENDPOINT: '0.0.0.0:13133',
  METRICS_ENDPOINT: '0.0.0.0:8889',
  TELEMETRY_HOST: '0.0.0.0',
};

/** A Collector's configuration, and what runs it. */
function workload(
  kind: 'DaemonSet' | 'StatefulSet',
  of: typeof AGENT,
  config: Record<string, unknown>,
  container: { env: Record<string, string>; ports: Port[]; resources: object },
  spec: Record<string, unknown>,
): Manifest[] {
  const template = pod(
    of,
    {
      name: 'otelcol',
      image: IMAGE,
      args: ['--config=/etc/otelcol/config.yaml'],
      env: Object.entries({ ...LISTEN, ...container.env }).map(([name, value]) => ({ name, value })),
      ports: container.ports.map((name) => ({ name, containerPort: PORTS[name] })),
      resources: container.resources,
      volumeMounts: [{ name: 'config', mountPath: '/etc/otelcol', readOnly: true }],
    },
    { port: 'health', live: '/', ready: '/' },
    { volumes: [{ name: 'config', configMap: { name: of.name } }] },
  );
  const data = { 'config.yaml': stringify(config, { aliasDuplicateObjects: false }) };
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: of, data },
    {
      apiVersion: 'apps/v1',
      kind,
      metadata: of,
      spec: { ...spec, selector: { matchLabels: selector(of.name) }, template },
    },
  ];
}

const service = (name: string, of: typeof AGENT, ports: Port[], spec: object): Manifest => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { ...of, name },
  spec: {
    selector: selector(of.name),
    ...spec,
    ports: ports.map((port) => ({ name: port, port: PORTS[port], targetPort: port })),
  },
});

/** One agent per node, reached at the node's address or through the service, which prefers the own node. */
export const agent = (): Manifest[] => [
  ...workload(
    'DaemonSet',
    AGENT,
    agentConfig(),
    {
      env: { GATEWAY_HOST: HEADLESS },
      ports: ['otlp-grpc', 'otlp-http', 'health'],
      resources: resources('100m', '256Mi'),
    },
    {},
  ),
  service(AGENT.name, AGENT, ['otlp-grpc', 'otlp-http'], { internalTrafficPolicy: 'Local' }),
];

/** Gateways count. Agents send every service to one of them, so scale replicas with care: resharding restarts counters. */
export const gateway = (): Manifest[] => [
  ...workload(
    'StatefulSet',
    GATEWAY,
    gatewayConfig(),
    {
      env: { TEMPO_ENDPOINT: 'http://tempo:4318' },
      ports: ['otlp-grpc', 'otlp-http', 'health', 'metrics'],
      resources: resources('1', '2Gi'),
    },
    { replicas: 3, serviceName: HEADLESS },
  ),
  service(HEADLESS, GATEWAY, ['otlp-grpc', 'metrics'], { clusterIP: 'None' }),
  disruptionBudget(GATEWAY),
  serviceMonitor(GATEWAY),
];
