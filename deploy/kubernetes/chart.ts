import { VERSION } from '../../src/version.ts';
import { collector, DEFAULTS, type Values } from './collector.ts';

const CHART = 'deploy/helm/faultlayer-collector';

/** An expression for each value; the manifests' YAML has them in quotes. */
const EXPRESSIONS: Values = {
  namespace: '{{ .Release.Namespace }}',
  image: '{{ .Values.image }}',
  cpu: '{{ .Values.cpu }}',
  memory: '{{ .Values.memory }}',
  tokenSecret: '{{ .Values.tokenSecret }}',
  readers: '{{ .Values.readers }}',
};
/** Kinds that a cluster may not have or want, by the value that leaves them out. */
const OPTIONAL: Readonly<Record<string, string>> = { ServiceMonitor: 'serviceMonitor', NetworkPolicy: 'networkPolicy' };

/** The Helm chart of the collector: the same manifests with expressions in the places of values. Path from the repository root → text. */
export function chart(head: string, yaml: (value: unknown) => string): Map<string, string> {
  const { namespace: _release, ...values } = DEFAULTS;
  const documents = collector(EXPRESSIONS).map((manifest) => {
    // More variables stand behind the two that are always there.
    const text = yaml(manifest).replace(
      /^( *)- name: FAULTLAYER_HTTP_TOKEN_FILE\n.*\n/m,
      (found, indent: string) =>
        `${found}${indent}{{- range $name, $value := .Values.env }}\n${indent}- name: {{ $name }}\n${indent}  value: {{ $value | quote }}\n${indent}{{- end }}\n`,
    );
    const option = OPTIONAL[manifest.kind];
    return option === undefined ? `---\n${text}` : `{{- if .Values.${option} }}\n---\n${text}{{- end }}\n`;
  });
  return new Map([
    [
      `${CHART}/Chart.yaml`,
      head +
        yaml({
          apiVersion: 'v2',
          name: 'faultlayer-collector',
          description: 'Turns spans of outbound API calls into metrics, and keeps evidence of failures.',
          type: 'application',
          version: VERSION,
          appVersion: VERSION,
          kubeVersion: '>=1.27.0-0',
        }),
    ],
    [
      `${CHART}/values.yaml`,
      `${head}# tokenSecret names a Secret whose key \`token\` signs browsers in; readers is the namespace of Prometheus; env holds FAULTLAYER_* variables.\n${yaml({ ...values, serviceMonitor: true, networkPolicy: true, env: {} })}`,
    ],
    [`${CHART}/templates/collector.yaml`, head + documents.join('').replace(/^---\n/, '')],
  ]);
}
