/**
 * Writes what package.json exports to `docs/api.md`, read from the types: a change of the public surface is seen in review. Stability stands as a tag
 * above an export, or above all of them in the entry's first comment.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { API, type Project, type Symbol as Sym, SymbolFlags } from 'typescript/unstable/sync';
import manifest from '../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '..');
const NO_TRUNCATION = 1;
const STABILITY = /@(stable|experimental)\b/;

type Member = { readonly name: string; readonly type: string; readonly meaning: string };
export interface Export extends Member {
  readonly kind: 'function' | 'value' | 'interface' | 'type' | 'class';
  readonly stability: string | undefined;
  /** What it throws, as `@throws` says. */
  readonly errors: string | undefined;
  readonly members: readonly Member[];
}
export interface Entry {
  readonly name: string;
  readonly meaning: string;
  readonly exports: readonly Export[];
}

const line = (text: string): string => text.replace(/\s+/g, ' ').trim();
/** As a user writes it: without the files of this repository, and without what `?` says already. */
const readable = (type: string, optional = false): string => {
  const named = type.replace(/import\("\.[^"]*"\)\./g, '');
  return optional ? named.replace(/^\((.*)\) \| undefined$|^(.*) \| undefined$/, '$1$2') : named;
};

function kindOf(flags: number): Export['kind'] {
  if (flags & SymbolFlags.Function) return 'function';
  if (flags & SymbolFlags.Class) return 'class';
  if (flags & SymbolFlags.Interface) return 'interface';
  return flags & SymbolFlags.Variable ? 'value' : 'type';
}

function readExport(project: Project, symbol: Sym, stabilityOfEntry: string | undefined): Export {
  const { checker } = project;
  const target = symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const kind = kindOf(target.flags);
  const declaration = target.declarations[0]?.resolve(project);
  const declared =
    kind === 'function' || kind === 'value'
      ? checker.getTypeOfSymbol(target)!
      : checker.getDeclaredTypeOfSymbol(target);
  const tags = target.getJsDocTags(checker);
  const text = (name: string) => tags.find((tag) => tag.name === name)?.text;
  const own = tags.find((tag) => STABILITY.test(`@${tag.name}`))?.name;
  const printed = readable(checker.typeToString(declared, declaration, NO_TRUNCATION));
  // An alias prints as its own name: what it stands for is its declaration's text.
  const type = kind === 'type' ? line(declaration?.getText().replace(/^[^=]*=|;$/g, '') ?? printed) : printed;
  const members = kind === 'interface' ? checker.getPropertiesOfType(declared) : [];
  return {
    name: symbol.name,
    kind: kind === 'value' && printed.includes('=>') ? 'function' : kind,
    type,
    meaning: line(target.getDocumentationComment(checker)),
    stability: own ?? stabilityOfEntry,
    errors: text('throws'),
    members: members
      .filter((member) => !member.getJsDocTags(checker).some((tag) => tag.name === 'internal'))
      .map((member) => {
        const optional = (member.flags & SymbolFlags.Optional) !== 0;
        return {
          name: optional ? `${member.name}?` : member.name,
          type: readable(checker.typeToString(checker.getTypeOfSymbol(member)!, declaration, NO_TRUNCATION), optional),
          meaning: line(member.getDocumentationComment(checker)),
        };
      }),
  };
}

/** Every entry of package.json that has types. */
export function readEntries(): Entry[] {
  const api = new API({ cwd: root });
  try {
    const [project] = api.updateSnapshot({ openProjects: [join(root, 'tsconfig.build.json')] }).getProjects();
    return Object.entries(manifest.exports).flatMap(([path, target]) => {
      if (typeof target === 'string') return [];
      const file = target.types.replace('./dist/', '').replace(/\.d\.(c?)ts$/, '.$1ts');
      const [, comment = ''] = /^\/\*\*([\s\S]*?)\*\//.exec(readFileSync(join(root, file), 'utf8')) ?? [];
      const source = project!.program.getSourceFile(join(root, file))!;
      const module = project!.checker.getSymbolAtLocation(source);
      const exported = module === undefined ? [] : project!.checker.getExportsOfModule(module);
      const stability = STABILITY.exec(comment)?.[1];
      return [
        {
          name: `${manifest.name}${path.slice(1)}`,
          meaning: line(comment.replaceAll(/^\s*\*/gm, '').replace(STABILITY, '')),
          exports: exported.map((symbol) => readExport(project!, symbol, stability)),
        },
      ];
    });
  } finally {
    api.close();
  }
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
const code = (text: string): string => `\`${text}\``;

function section({ name, kind, type, meaning, stability, errors, members }: Export): string {
  const lines = [`### ${name}`, `*${kind}, ${stability}.* ${meaning}`];
  if (members.length === 0) lines.push(code(line(type)));
  if (kind === 'function') lines.push(`Errors: ${errors === undefined ? 'none are thrown.' : line(errors)}`);
  if (members.length > 0)
    lines.push(
      ['| member | type | meaning |', '|---|---|---|']
        .concat(
          members.map(
            (member) => `| \`${member.name}\` | ${code(cell(line(member.type)))} | ${cell(member.meaning)} |`,
          ),
        )
        .join('\n'),
    );
  return lines.join('\n\n');
}

const PAGE = `# API

Generated from the types by \`npm run gen\`. *stable*: changes only with a new major version, but names may be added. *experimental*: may change with a new
minor version; the changelog says how.`;

export function generate(): Map<string, string> {
  const page = readEntries().flatMap(({ name, meaning, exports }) => [
    `## \`${name}\``,
    meaning,
    ...exports.map(section),
  ]);
  return new Map([['docs/api.md', `${[PAGE, ...page].join('\n\n')}\n`]]);
}
