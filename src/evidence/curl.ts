import { wellFormed } from './inert.ts';
import { BODY_FILE, type RequestTemplate, variablesOf } from './request.ts';
import { merge, needsPrinter, type Part, printer, quote, variableName, word } from './shell.ts';

export interface Curl {
  /** One command for sh, bash and zsh; several lines. */
  readonly command: string;
  /** Shell variables the user sets first; no secret is ever part of the command. */
  readonly variables: readonly string[];
}

/** How a shell writes an argument, and hands on a header and a body. */
interface Dialect {
  readonly argument: (parts: readonly Part[]) => string;
  readonly header: (parts: readonly Part[]) => string;
  /** The whole option. */
  readonly body: (text: string) => string;
}

/**
 * The options of the curl command that repeats a request byte for byte. `--globoff` and `--path-as-is` keep the URL as it is, and the URL stands
 * after `--url`, so that nothing remote can become an option.
 */
function optionsOf(template: RequestTemplate, { argument, header, body: bodyOption }: Dialect): string[] {
  const { method, body, bodyFromFile, unixSocket, awsSigv4, user } = template;
  const isBare = body === undefined && !bodyFromFile;
  return [
    '--globoff --path-as-is --include --max-time 30',
    method === 'HEAD' && isBare ? '--head' : `--request ${argument([method])}`,
    ...(unixSocket === undefined ? [] : [`--unix-socket ${argument([unixSocket])}`]),
    ...(awsSigv4 ? ["--aws-sigv4 'aws:amz'"] : []),
    ...(user ? [`--user ${argument(user)}`] : []),
    ...template.headers.map(([name, value]) => `--header ${header(headerParts(name, value))}`),
    ...(bodyFromFile ? [`--data-binary ${argument(['@', { variable: BODY_FILE }])}`] : []),
    ...(body === undefined ? [] : [bodyOption(body)]),
    `--url ${argument(template.url)}`,
  ];
}

/** `name;` sends a header without a value; `content-type:` keeps curl from inventing one. */
function headerParts(name: string, value: readonly Part[]): readonly Part[] {
  if (value.some((part) => part !== '')) return merge([`${name}: `, ...value]);
  return [name.toLowerCase() === 'content-type' ? `${name}:` : `${name};`];
}

/** The command for sh, bash and zsh. `--data-binary` would read a file for a leading `@`, so bodies stand in `--data-raw`. */
export function curlOf(template: RequestTemplate): Curl {
  const piped = template.body !== undefined && needsPrinter(template.body);
  const body = (text: string): string => (piped ? '--data-binary @-' : `--data-raw ${quote(text)}`);
  const command = `curl ${optionsOf(template, { argument: word, header: word, body }).join(' \\\n  ')}`;
  return {
    command: piped ? `${printer(template.body!)} |\n  ${command}` : command,
    variables: variablesOf(template),
  };
}

/**
 * The same request for PowerShell on Windows, with the curl.exe that comes with it. Windows PowerShell hands a quotation mark inside an argument on
 * wrongly (mended in 7.3), and curl.exe takes arguments in the system's code page; so the body, and the rare header with one, go through a file.
 */
export function powershellOf(template: RequestTemplate): string {
  const files = new Map<string, string>();
  const viaFile = (name: string, text: string): string => {
    files.set(name, `${name} = New-TemporaryFile; [IO.File]::WriteAllText(${name}.FullName, ${literal(text)})`);
    return `('@' + ${name}.FullName)`;
  };
  const options = optionsOf(template, {
    argument,
    header: (parts) => {
      const text = parts.every((part) => typeof part === 'string') ? parts.join('') : '';
      return text.includes('"') ? viaFile(`$file${files.size + 1}`, text) : argument(parts);
    },
    body: (text) => `--data-binary ${viaFile('$body', text)}`,
  });
  return [
    ...files.values(),
    `curl.exe ${options.join(' `\n  ')}`,
    ...(files.size === 0 ? [] : [`Remove-Item ${[...files.keys()].join(', ')}`]),
  ].join('\n');
}

/** One argument; with variables, an expression in parentheses. */
function argument(parts: readonly Part[]): string {
  const pieces = merge(parts).map((part) =>
    typeof part === 'string' ? literal(part) : `$env:${variableName(part.variable)}`,
  );
  if (pieces.length === 0) return "''";
  return pieces.length === 1 && pieces[0]!.startsWith("'") ? pieces[0]! : `(${pieces.join(' + ')})`;
}

/**
 * A string in which nothing is special (about_Quoting_Rules): single quotes double, and PowerShell takes the typographic ones for single quotes,
 * too. Control characters, which a console would take as keys, stand as regular-expression escapes.
 */
function literal(text: string): string {
  const safe = wellFormed(text.replaceAll('\0', ''));
  const quoted = (t: string): string => `'${t.replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;
  if (!/[\u0000-\u001f\u007f-\u009f]/.test(safe)) return quoted(safe);
  const escaped = safe
    .replace(/[\\*+?|{}[\]()^$.# ]/g, '\\$&')
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `([regex]::Unescape(${quoted(escaped)}))`;
}
