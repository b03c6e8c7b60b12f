import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHANGES, type Edit } from './edits.ts';

const root = join(import.meta.dirname, '../..');

const [, table = ''] = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8').split('\n## ');
/** "I want to" → the files the row names, as expressions: `<name>` is any name, a folder all below it. */
const rows = new Map(
  [...table.matchAll(/^\| ([a-z][^|]*?) *\|(.*)\|$/gm)].map(([, want, cells]) => [
    want!,
    [...cells!.matchAll(/`([^`\s]+)`/g)].map(
      ([, path]) =>
        new RegExp(`^${path!.replaceAll('.', '\\.').replace(/<[^>]+>/g, '[\\w-]+')}${path!.endsWith('/') ? '' : '$'}`),
    ),
  ]),
);

function apply(file: string, edit: Edit): void {
  if ('create' in edit) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, edit.create);
    return;
  }
  const [mark, text] = 'after' in edit ? [edit.after, edit.after + edit.add] : [edit.replace, edit.by];
  const before = readFileSync(file, 'utf8');
  if (before.split(mark).length !== 2) throw new Error(`${file} has not one ${mark}`);
  writeFileSync(
    file,
    before.replace(mark, () => text),
  );
}

describe('CONTRIBUTING, row by row', () => {
  const copy = mkdtempSync(join(tmpdir(), 'faultlayer-contributing-'));
  const node = (...args: string[]): string =>
    execFileSync(process.execPath, args, { cwd: copy, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });
  let works: Record<string, unknown> = {};

  beforeAll(() => {
    const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' });
    for (const file of files.split('\0')) if (file !== '') cpSync(join(root, file), join(copy, file));
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    for (const { edits } of Object.values(CHANGES))
      for (const [file, edit] of Object.entries(edits)) apply(join(copy, file), edit);
    node('scripts/gen.ts');
    const script = Object.entries(CHANGES).map(
      ([want, change]) =>
        `out[${JSON.stringify(want)}] = await (async () => {${change.works}})().catch((e) => e.stack);`,
    );
    writeFileSync(
      join(copy, 'works.mjs'),
      `import { readFileSync } from 'node:fs';
       const read = (path) => readFileSync(path, 'utf8');
       const out = {};
       ${script.join('\n')}
       console.log(JSON.stringify(out));
       process.exit(0);`,
    );
    works = JSON.parse(node('--no-warnings', 'works.mjs').trim().split('\n').at(-1)!) as typeof works;
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('has an edit for every row, and a row for every edit', () => {
    expect([...rows.keys()].sort()).toEqual(Object.keys(CHANGES).sort());
  });

  it.each(Object.entries(CHANGES))('%s', (want, { edits }) => {
    expect(works[want]).toBe(true);
    const named = rows.get(want) ?? [];
    expect(Object.keys(edits).filter((file) => !named.some((path) => path.test(file)))).toEqual([]);
  });

  it('takes nothing else: the changed copy compiles', () => {
    const tsc = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], {
      cwd: copy,
      encoding: 'utf8',
    });
    expect(tsc.stdout).toBe('');
    expect(tsc.status).toBe(0);
  });
});
