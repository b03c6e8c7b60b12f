import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

const root = join(import.meta.dirname, '../..');
const chart = join(root, 'deploy/helm/faultlayer-collector');
const built = spawnSync(
  process.execPath,
  [join(root, 'test/support/go-tool.mjs'), 'helm.sh/helm/v3/cmd/helm@v3.22.0'],
  {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
const helm = built.stdout.trim();
if (built.status === 3) console.warn('skipped: there is no Go here to build Helm with');

type Document = { kind: string; data?: { token: string } };
const documentsOf = (text: string): Document[] =>
  parseAllDocuments(text)
    .map((document) => (document as { toJS(): unknown }).toJS() as Document)
    .sort((a, b) => a.kind.localeCompare(b.kind));
function template(...values: string[]): Document[] {
  const options = values.flatMap((value) => ['--set', value]);
  const done = spawnSync(
    helm,
    [
      ...['template', 'any', chart, '--namespace', 'observability', '--kube-version', '1.30.0'],
      ...['--api-versions', 'monitoring.coreos.com/v1/ServiceMonitor', ...options],
    ],
    {
      encoding: 'utf8',
    },
  );
  expect(done.stderr).toBe('');
  return documentsOf(done.stdout);
}

it.skipIf(built.status === 3)('the chart’s rendering is the committed manifests', () => {
  expect(built.status).toBe(0);
  const lint = spawnSync(helm, ['lint', '--strict', chart], { encoding: 'utf8' });
  expect(lint.stdout).toContain('0 chart(s) failed');
  const committed = readFileSync(join(root, 'deploy/kubernetes/generated/collector.yaml'), 'utf8');
  expect(template('tokenSecret=faultlayer-collector')).toEqual(documentsOf(committed));
});

it.skipIf(built.status === 3)('its values do what they say', () => {
  const documents = template(
    'serviceMonitor=false',
    'networkPolicy=false',
    'tokenSecret=mine',
    'memory=2Gi',
    'env.FAULTLAYER_MEMORY_LIMIT=1500',
  );
  expect(documents.map(({ kind }) => kind)).toEqual(['Deployment', 'PodDisruptionBudget', 'Service']);
  const [container] = (
    documents[0] as unknown as { spec: { template: { spec: { containers: Record<string, unknown>[] } } } }
  ).spec.template.spec.containers;
  expect(container!['resources']).toMatchObject({ limits: { memory: '2Gi' } });
  expect(container!['env']).toContainEqual({ name: 'FAULTLAYER_MEMORY_LIMIT', value: '1500' });
});

it.skipIf(built.status === 3)(
  'without a Secret that is named it makes one, and needs nothing that the cluster lacks',
  () => {
    const options = ['template', 'any', chart, '--namespace', 'observability', '--kube-version', '1.30.0'];
    const documents = documentsOf(spawnSync(helm, options, { encoding: 'utf8' }).stdout);
    const kinds = ['Deployment', 'NetworkPolicy', 'PodDisruptionBudget', 'Secret', 'Service'];
    expect(documents.map(({ kind }) => kind)).toEqual(kinds);
    const [deployment] = documents as unknown as [
      { spec: { template: { spec: { containers: { env: object[] }[] } } } },
    ];
    expect(deployment.spec.template.spec.containers[0]!.env).toContainEqual({
      name: 'FAULTLAYER_HTTP_TOKEN',
      valueFrom: { secretKeyRef: { name: 'faultlayer-collector', key: 'token', optional: true } },
    });
    expect(Buffer.from(documents[3]!.data!.token, 'base64').toString()).toMatch(/^\w{32}$/);
  },
);
