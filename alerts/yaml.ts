import { Document, visit } from 'yaml';
import type { Group } from './groups.ts';

/** YAML with every multi-line string as a literal block, so that expressions read as they were written. */
export function yamlOf(value: unknown, comment: string): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  document.commentBefore = ` ${comment}`;
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && node.value.includes('\n')) node.type = 'BLOCK_LITERAL';
    },
  });
  return document.toString({ lineWidth: 0 });
}

const GENERATED = 'Generated from alerts/ by `npm run gen`; change the table, not this file.';

export const rulesYaml = (groups: readonly Group[]): string => yamlOf({ groups }, GENERATED);

/** The same groups for the Prometheus Operator. */
export const prometheusRuleYaml = (groups: readonly Group[]): string =>
  yamlOf(
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: 'faultlayer', labels: { 'app.kubernetes.io/name': 'faultlayer', role: 'alert-rules' } },
      spec: { groups },
    },
    GENERATED,
  );
