import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** What a module may keep for the whole process, and why no engine can have it for itself. */
const OF_THE_PROCESS: Readonly<Record<string, string>> = {
  'instrumentation/span/context.ts suppressing': "a request of one engine's exporter is no call for any engine",
  'instrumentation/capture/undici/fetch.ts ours': 'marks what engines have put in the place of the one global fetch',
  'src/redact/kinds.ts BIT': 'a table that is filled as the module is loaded',
  'src/memo.ts inForce': 'which memory is in force now: what makes all else an engine’s own',
  'src/redact/range.ts listener': 'set and taken back within one call of a command',
};

/** Changes that a name at the top of a module sees: assignments, and methods that change what they are called on. */
const changes = (name: string): RegExp =>
  new RegExp(
    `(?<![.\\w])${name}(?:\\[[^\\]]*\\] *=(?!=)|\\.(?:set|add|push|unshift|delete|clear|pop|shift|splice|fill|of|keep|enterWith)\\()`,
  );
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');

/** Names at the top of a module that hold what changes while the module is loaded. */
function stateOf(source: string): string[] {
  const text = withoutComments(source);
  const lets = [...text.matchAll(/^(?:export )?(?:let|var) (\w+)/gm)].map(([, name]) => name!);
  const consts = [
    ...text.matchAll(/^(?:export )?const (\w+)(?:: [^=]+?)? = (?:new (?!Set\(\s*[[(]|RegExp)|\[\]|\{\}|beside)/gm),
  ]
    .map(([, name]) => name!)
    .filter(
      (name) =>
        changes(name).test(text) || /AsyncLocalStorage|beside/.test(text.split(`const ${name}`)[1]!.slice(0, 60)),
    );
  return [...lets, ...consts];
}

it('keeps nothing in modules that an engine could keep', () => {
  const files = globSync('{instrumentation,src}/**/*.ts', { cwd: root });
  expect(files.length).toBeGreaterThan(200);
  const kept = files.flatMap((file) =>
    stateOf(readFileSync(join(root, file), 'utf8')).map((name) => `${file} ${name}`),
  );
  expect(kept.toSorted()).toEqual(Object.keys(OF_THE_PROCESS).toSorted());
});

it.each([
  ['let count = 0;', 'count'],
  ['const seen = new WeakSet<object>();\nexport const note = (one: object) => seen.add(one);', 'seen'],
  ['const slots: (string | undefined)[] = new Array(64).fill(undefined);\nslots[1] = "x";', 'slots'],
  ['const waiting: string[] = [];\nwaiting.push("x");', 'waiting'],
  ['const calls = beside<object, string>();', 'calls'],
  ['const scopes = new AsyncLocalStorage<object>();', 'scopes'],
])('would see %s', (source, name) => {
  expect(stateOf(source)).toEqual([name]);
  expect(stateOf(`// ${source.split('\n')[0]}`)).toEqual([]);
});

it('leaves alone what never changes, and what each engine has its own of', () => {
  const source =
    'const NAMES = new Set(["a"]);\nconst own = Memory.part(() => new Map());\nconst at = (n: string) => NAMES.has(n);';
  expect(stateOf(source)).toEqual([]);
});
