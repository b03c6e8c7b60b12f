import { JOBS } from '../../alerts/rules/health.ts';
import { VERSION } from '../../src/version.ts';

/** One Kubernetes object. */
export type Manifest = {
  apiVersion: string;
  kind: string;
  metadata: { name: string } & Record<string, unknown>;
} & Record<string, unknown>;

export const NAMESPACE = 'observability';

export const selector = (name: string) => ({ 'app.kubernetes.io/name': name });
/** https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
export const metadata = (name: string, namespace: string = NAMESPACE) => ({
  name,
  namespace,
  labels: { ...selector(name), 'app.kubernetes.io/part-of': 'faultlayer', 'app.kubernetes.io/version': VERSION },
});
export type Metadata = ReturnType<typeof metadata>;

const probe = (path: string, port: string) => ({ httpGet: { path, port }, periodSeconds: 5 });

/** How much a container may have. Memory has a limit, CPU none: a throttled collector answers late, and senders then drop. */
export const resources = (cpu: string, memory: string) => ({ requests: { cpu, memory }, limits: { memory } });

/** A pod template of one container, by the restricted profile of the Pod Security Standards. Its probes ask a port for these paths. */
export const pod = (
  { labels }: Metadata,
  container: Record<string, unknown>,
  { port, live, ready }: { port: string; live: string; ready: string },
  spec: Record<string, unknown>,
) => ({
  metadata: { labels },
  spec: {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { runAsNonRoot: true, runAsUser: 65534, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        ...container,
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        livenessProbe: probe(live, port),
        readinessProbe: probe(ready, port),
      },
    ],
    ...spec,
  },
});

/** Nodes may be drained, one pod at a time: what a pod has counted was scraped before it ends. */
export const disruptionBudget = (of: Metadata): Manifest => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: of,
  spec: {
    maxUnavailable: 1,
    selector: { matchLabels: selector(of.name) },
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
  },
});

export const serviceMonitor = (of: Metadata): Manifest => ({
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'ServiceMonitor',
  metadata: of,
  spec: {
    selector: { matchLabels: selector(of.name) },
    // No protocols: Prometheus asks for OpenMetrics by itself, and for protobuf where native histograms are switched on.
    endpoints: [
      {
        port: 'metrics',
        interval: '15s',
        honorLabels: true,
        // The health rules look for the collectors under one job, whichever engine counts.
        relabelings: [{ targetLabel: 'job', replacement: JOBS.collector }],
      },
    ],
  },
});
