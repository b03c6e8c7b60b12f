import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Model } from './model.ts';

const PANELS = ['timeseries', 'stat', 'bargauge', 'table'];

/**
 * Checks dashboards against the types of Grafana's own schema packages (@grafana/schema, generated from its CUE schema):
 * each model and each panel's options become a literal of that type, so that a wrong value, an unknown name or a missing
 * part is an error. Enumerations are taken by their values, which is what JSON holds; the data source's own part of queries and annotations is open. Returns the compiler's complaints.
 */
export function schemaErrors(render: string, models: readonly Model[]): string {
  // Beside the packages, so that the compiler finds them; not committed.
  const folder = join(render, 'node_modules/.schema-check');
  mkdirSync(folder, { recursive: true });
  const types = PANELS.map(
    (type) =>
      `import type { Options as ${type} } from '../@grafana/schema/dist/types/raw/composable/${type}/panelcfg/x/types.gen';`,
  );
  const literals = models.flatMap((model, m) => [
    `export const model${m}: Plain<Dashboard> = ${JSON.stringify(model, null, 1)};`,
    ...model.panels.map(
      (p) => `export const options${m}_${p.id}: Plain<${p.type}> = ${JSON.stringify(p['options'], null, 1)};`,
    ),
  ]);
  writeFileSync(
    join(folder, 'check.ts'),
    `import type { AnnotationQuery, Dashboard, DataQuery } from '@grafana/schema';
${types.join('\n')}
type Plain<T> = T extends string ? \`\${T}\`
  : T extends number ? (number extends T ? number : \`\${T}\` extends \`\${infer N extends number}\` ? N : never)
  : T extends DataQuery | AnnotationQuery ? { [K in keyof T]: Plain<T[K]> } & Record<string, unknown>
  : T extends readonly (infer U)[] ? Plain<U>[]
  : T extends object ? { [K in keyof T]: Plain<T[K]> }
  : T;
${literals.join('\n')}
`,
  );
  const options = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--ignoreConfig',
    '--module',
    'esnext',
    '--moduleResolution',
    'bundler',
    '--target',
    'es2023',
  ];
  try {
    execFileSync(
      process.execPath,
      [join(render, '../../../node_modules/typescript/bin/tsc'), ...options, join(folder, 'check.ts')],
      {
        encoding: 'utf8',
      },
    );
    return '';
  } catch (error) {
    return String((error as { stdout?: string }).stdout || error);
  }
}
