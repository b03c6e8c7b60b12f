import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ATTRIBUTES, FORMER_ATTRIBUTES, REASONS, RESOURCE_ATTRIBUTES } from '../../src/contract/index.ts';

const root = join(import.meta.dirname, '../..');
const files = ['src', 'instrumentation', 'collector', 'cli', 'alerts', 'dashboards'].flatMap((folder) =>
  globSync(`${folder}/**/*.{ts,cts}`, { cwd: root, exclude: (name) => /node_modules|generated|assembly/.test(name) }),
);
/** Not attributes: the prefix of metrics in OpenTelemetry's spelling, and an event of the evidence log. */
const OTHERS = /^api\.client(?:\.x)?$|^api\.failure\.lines_dropped$/;
const known = new Set<string>([
  ...Object.keys(ATTRIBUTES),
  ...FORMER_ATTRIBUTES,
  ...RESOURCE_ATTRIBUTES,
  ...Object.keys(REASONS),
]);

it('writes no api.* name that the contract does not have', () => {
  expect(files.length).toBeGreaterThan(100);
  const unknown = files.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/['"`](api\.[a-z_]+(?:\.[a-z_]+)*)['"`]/g)]
      .map(([, name]) => name!)
      .filter((name) => !known.has(name) && !OTHERS.test(name) && ![...known].some((k) => k.startsWith(`${name}.`)))
      .map((name) => `${file}: ${name}`),
  );
  expect(unknown).toEqual([]);
});
