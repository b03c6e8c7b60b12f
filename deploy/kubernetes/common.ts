import { JOBS } from '../../alerts/rules/health.ts';
import { VERSION } from '../../src/version.ts';

/** One Kubernetes object. */
export type Manifest = {
  apiVersion: string;
  kind: string;
  metadata: { name: string } & Record<string, unknown>;
} & Record<string, unknown>;

export const NAMESPACE = 'observability';

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
export const labels = (name: string): Record<string, string> => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/part-of': 'faultlayer',
  'app.kubernetes.io/version': VERSION,
});
export const selector = (name: string): Record<string, string> => ({ 'app.kubernetes.io/name': name });
export const metadata = (name: string): { name: string; namespace: string; labels: Record<string, string> } => ({
  name,
  namespace: NAMESPACE,
  labels: labels(name),
});

/** The restricted profile of the Pod Security Standards. */
export const POD_SECURITY = {
  runAsNonRoot: true,
  runAsUser: 65534,
  seccompProfile: { type: 'RuntimeDefault' },
} as const;
export const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
} as const;

/** Memory has a limit, CPU none: a throttled collector answers late, and senders then drop. */
export const resources = (cpu: string, memory: string) => ({ requests: { cpu, memory }, limits: { memory } });

export const probe = (path: string, port: string) => ({ httpGet: { path, port }, periodSeconds: 5 });

/** Nodes may be drained, one pod at a time: what a pod has counted was scraped before it ends. */
export const disruptionBudget = (of: ReturnType<typeof metadata>) => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: of,
  spec: {
    maxUnavailable: 1,
    selector: { matchLabels: selector(of.name) },
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
  },
});

export const serviceMonitor = (name: string, port: string) => ({
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'ServiceMonitor',
  metadata: metadata(name),
  // Exemplars travel in OpenMetrics only, so it is asked for first.
  spec: {
    selector: { matchLabels: selector(name) },
    scrapeProtocols: ['OpenMetricsText1.0.0', 'PrometheusText0.0.4'],
    // The health rules look for the collectors under one job, whichever engine counts.
    endpoints: [
      { port, interval: '15s', honorLabels: true, relabelings: [{ targetLabel: 'job', replacement: JOBS.collector }] },
    ],
  },
});
