import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { generate as dashboards } from '../../dashboards/build.ts';
import { configMap } from '../../dashboards/config-map.ts';
import { collectorProcess } from '../support/collector-process.ts';
import { waitFor } from '../support/wait-for.ts';

const root = join(import.meta.dirname, '../..');

/** The API groups in use and the package that holds their schemas. */
const PACKAGE_OF: Record<string, string> = {
  v1: 'kubernetes-models/v1',
  'apps/v1': 'kubernetes-models/apps/v1',
  'policy/v1': 'kubernetes-models/policy/v1',
  'networking.k8s.io/v1': 'kubernetes-models/networking.k8s.io/v1',
  'monitoring.coreos.com/v1': '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1',
  'opentelemetry.io/v1alpha1': '@kubernetes-models/opentelemetry-operator/opentelemetry.io/v1alpha1',
};
interface Pod {
  volumes?: object[];
  containers: { env: { name: string; value?: string; valueFrom?: { secretKeyRef?: { optional?: boolean } } }[] }[];
}
type Model = new (data: object) => { validate(): void };
interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
}

const files = ['deploy/kubernetes/generated/*.yaml', 'alerts/generated/prometheusrule.yaml'].flatMap((pattern) =>
  globSync(pattern, { cwd: root }),
);
const texts = [
  ...files.map((file) => [file, readFileSync(join(root, file), 'utf8')] as const),
  ...[...dashboards()].map(
    ([path, json]) => [`ConfigMap of ${path}`, configMap(basename(path, '.json'), json)] as const,
  ),
];
const manifests = texts.flatMap(([file, text]) =>
  parseAllDocuments(text).map((document) => ({
    file,
    manifest: (document as { toJS(): unknown }).toJS() as Manifest,
  })),
);
const validate = async (manifest: Manifest): Promise<void> => {
  const models = (await import(`${PACKAGE_OF[manifest.apiVersion]}/${manifest.kind}`)) as Record<string, Model>;
  new models[manifest.kind]!(manifest).validate();
};

describe('Kubernetes manifests', () => {
  it('cover instrumentation, collector, fleet, rules and dashboards', () => {
    expect(new Set(manifests.map((m) => m.manifest.kind))).toEqual(
      new Set([
        'Instrumentation',
        'Deployment',
        'Service',
        'ServiceMonitor',
        'PodDisruptionBudget',
        'NetworkPolicy',
        'ConfigMap',
        'DaemonSet',
        'StatefulSet',
        'PrometheusRule',
      ]),
    );
  });
  it.each(manifests.map((m) => [`${m.file} ${m.manifest.kind} ${m.manifest.metadata.name}`, m.manifest] as const))(
    '%s follows its schema',
    async (_, manifest) => {
      await expect(validate(manifest)).resolves.toBeUndefined();
    },
  );
  it('is refused by the schema where a field has the wrong type', async () => {
    const [first] = manifests.filter((m) => m.manifest.kind === 'ServiceMonitor');
    await expect(
      validate({ ...first!.manifest, spec: { selector: {}, endpoints: [{ port: 8889 }] } } as unknown as Manifest),
    ).rejects.toThrow(/port/);
  });
  it('keeps no Prometheus from the protocol that native histograms need', () => {
    const monitors = manifests.filter((m) => m.manifest.kind === 'ServiceMonitor');
    expect(monitors.length).toBe(2);
    for (const { manifest } of monitors) expect(manifest).not.toHaveProperty('spec.scrapeProtocols');
  });
  it('asks for no port that its pods do not open', () => {
    const named = new Set<string>();
    for (const { manifest } of manifests) {
      const containers =
        (manifest as { spec?: { template?: { spec?: { containers?: { ports?: { name: string }[] }[] } } } }).spec
          ?.template?.spec?.containers ?? [];
      for (const c of containers) for (const p of c.ports ?? []) named.add(p.name);
    }
    for (const { manifest } of manifests.filter((m) => m.manifest.kind === 'Service')) {
      for (const p of (manifest as unknown as { spec: { ports: { targetPort: string }[] } }).spec.ports)
        expect(named).toContain(p.targetPort);
    }
  });

  it('starts the collector without its Secret, beside its own Service, and logs a link that signs in', async () => {
    const { manifest } = manifests.find(
      (m) => m.file.endsWith('collector.yaml') && m.manifest.kind === 'Deployment',
    ) as unknown as { manifest: { spec: { template: { spec: Pod } } } };
    const pod = manifest.spec.template.spec;
    expect(pod.volumes ?? []).toEqual([]);
    const env: Record<string, string> = {};
    for (const { name, value, valueFrom } of pod.containers[0]!.env)
      if (value === undefined) expect(valueFrom?.secretKeyRef?.optional, name).toBe(true);
      else env[name] = value;
    // As the image and the cluster set them; the home of user 65534 cannot be written.
    Object.assign(env, {
      HOME: '/nonexistent',
      FAULTLAYER_HTTP_HOST: '0.0.0.0',
      FAULTLAYER_COLLECTOR_SERVICE_HOST: '10.0.0.7',
      FAULTLAYER_COLLECTOR_SERVICE_PORT_METRICS: '9468',
      FAULTLAYER_COLLECTOR_PORT: 'tcp://10.0.0.7:4318',
      FAULTLAYER_COLLECTOR_PORT_4318_TCP_ADDR: '10.0.0.7',
    });
    await using collector = await collectorProcess(env);
    await waitFor(() => /sign in once.*\n/.test(collector.stderr()), 'the link');
    expect(collector.stderr()).not.toContain('not known');
    const link = /sign in once.*: (http:\S+)\n/.exec(collector.stderr())![1]!;
    expect(new URL(link).hostname).toBe('127.0.0.1');
    const signedIn = await fetch(link, { redirect: 'manual' });
    const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!;
    const pages = new URL('/failures', link);
    expect((await fetch(pages)).status).toBe(401);
    expect((await fetch(pages, { headers: { cookie } })).status).toBe(200);
  });
});
