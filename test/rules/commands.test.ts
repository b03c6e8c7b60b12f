import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { COMMANDS } from '../../cli/commands.ts';

const root = join(import.meta.dirname, '../..');

/** Every line of a code block, and every code span, that calls the command line: subcommand, its options, and where it stands. */
const calls = ['*.md', 'docs/*.md', 'alerts/runbooks/*.md'].flatMap((pattern) =>
  globSync(pattern, { cwd: root }).flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8');
    const blocks = [...text.matchAll(/```[^\n]*\n([\s\S]*?)```/g)].flatMap(([, block]) => block!.split('\n'));
    const spans = [...text.replace(/```[\s\S]*?```/g, '').matchAll(/`((?:npx )?faultlayer [^`\n]+)`/g)].map(
      ([, span]) => span!,
    );
    return [...blocks, ...spans].flatMap((line) => {
      const [, name = '', rest = ''] =
        /(?:^|[$&|]\s*|npx )faultlayer ([a-z]+)\b(.*)/.exec(line.replace(/\s#.*/, '')) ?? [];
      // what stands behind -- or in quotes is somebody else's
      const own = rest.replace(/ -- .*| \|.*|'[^']*'|"[^"]*"/g, '');
      return name === ''
        ? []
        : [{ page, name, options: [...own.matchAll(/\s(--[a-z][\w-]*)/g)].map(([, option]) => option!) }];
    });
  }),
);

/** From the sources: `dist/` may be older than the documents. */
async function helpOf(name: string): Promise<string> {
  const { run } = await COMMANDS[name]!.load();
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await run(['--help']);
    return written.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    written.mockRestore();
  }
}

it('finds them', () => expect(calls.length).toBeGreaterThan(40));

it('every command that a document shows exists, with every option', async () => {
  const help = new Map<string, string>();
  for (const name of new Set(calls.map((call) => call.name)))
    if (Object.hasOwn(COMMANDS, name)) help.set(name, await helpOf(name));
  const wrong = calls.flatMap(({ page, name, options }) => {
    const said = help.get(name);
    if (said === undefined) return [`${page}: no command ${name}`];
    return options
      .filter((option) => !said.includes(option) && option !== '--help')
      .map((option) => `${page}: ${name} ${option}`);
  });
  expect([...new Set(wrong)]).toEqual([]);
});
