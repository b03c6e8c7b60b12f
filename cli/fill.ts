import { curlOf, powershellOf } from '../src/evidence/curl.ts';
import type { FailureRecord } from '../src/evidence/record.ts';
import { notesOf, type RequestTemplate, TOKEN, variablesOf } from '../src/evidence/request.ts';
import { type Part, variableName } from '../src/evidence/shell.ts';
import { UsageError } from './command.ts';
import type { Outgoing } from './net/send.ts';

/** The command that repeats a request, for the shell asked for with `--shell`; `sh` stands for bash and zsh, too. */
export function commandOf(template: RequestTemplate, shell = 'sh'): string {
  if (shell === 'sh') return curlOf(template).command;
  if (shell === 'powershell') return powershellOf(template);
  throw new UsageError('--shell is sh (also bash, zsh) or powershell');
}

/** What to know before that command is run: variables to set, and what was not kept. */
export function beforehand(record: FailureRecord, template: RequestTemplate): string[] {
  const variables = variablesOf(template).map((name) => `$${name}`);
  const set = variables.length === 0 ? [] : [`set ${variables.join(', ')} first; no secret is kept`];
  return [...set, ...notesOf(record, template)];
}

export interface Filled extends Omit<Outgoing, 'url'> {
  readonly url: string;
  /** Variables that the environment does not have; what needed them was left out. */
  readonly missing: readonly string[];
}

/**
 * A template with its placeholders taken from the environment, the only place a secret is ever read from. Headers whose variables are not set
 * are left out; in a URL the placeholder’s name stands for the value.
 */
export function fill(template: RequestTemplate, env: NodeJS.ProcessEnv): Filled {
  const missing = new Set<string>();
  const filled = (part: Part): string => {
    if (typeof part === 'string') return part;
    const name = variableName(part.variable);
    if (env[name] === undefined) missing.add(name);
    return env[name] ?? name;
  };
  const text = (parts: readonly Part[]): string => parts.map(filled).join('');
  const isComplete = (parts: readonly Part[]): boolean =>
    parts.every((part) => typeof part === 'string' || env[variableName(part.variable)] !== undefined);
  const headers = template.headers.flatMap(([name, parts]) => {
    const value = text(parts);
    return isComplete(parts) && value !== '' ? [[name, value] as const] : [];
  });
  const user = template.user === undefined || template.awsSigv4 ? [] : template.user;
  const pair = Buffer.from(text(user)).toString('base64');
  const basic = user.length > 0 && isComplete(user) ? [['authorization', `Basic ${pair}`] as const] : [];
  return {
    method: template.method,
    url: text(template.url),
    headers: [...headers, ...basic],
    ...(template.body === undefined ? {} : { body: template.body }),
    missing: [...missing],
  };
}

/** `name: value` of a `--header`; `$NAME` and `${NAME}` come from the environment, so that no secret stands in the shell’s history. */
export function headerOf(text: string, env: NodeJS.ProcessEnv): readonly [string, string] {
  const at = text.indexOf(':');
  const name = text.slice(0, at).trim();
  if (at < 1 || !TOKEN.test(name)) throw new UsageError(`--header wants 'name: value', not '${text.slice(0, 20)}…'`);
  const value = text
    .slice(at + 1)
    .trim()
    .replace(/\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g, (_, braced?: string, bare?: string) => {
      const variable = (braced ?? bare)!;
      const found = env[variable];
      if (found === undefined) throw new UsageError(`--header ${name}: the variable ${variable} is not set`);
      return found;
    });
  return [name, value];
}
