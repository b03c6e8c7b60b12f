import { wellFormed } from './inert.ts';
import { BODY_FILE, type RequestTemplate } from './request.ts';
import { merge, type Part, variableName } from './shell.ts';

/**
 * The same request for PowerShell on Windows, with the curl.exe that comes with it. Windows PowerShell hands a quotation mark inside an argument on
 * wrongly (mended in 7.3), and curl.exe takes arguments in the system's code page; so the body, and the rare header with one, go through a file.
 */
export function powershellOf(template: RequestTemplate): string {
  const files: string[] = [];
  const viaFile = (text: string): string => {
    const name = files.length === 0 ? '$body' : `$file${files.length}`;
    files.push(name, `${name} = New-TemporaryFile; [IO.File]::WriteAllText(${name}.FullName, ${literal(text)})`);
    return `('@' + ${name}.FullName)`;
  };
  const { body, user } = template;
  const bare = body === undefined && !template.bodyFromFile;
  const options = [
    '--globoff --path-as-is --include --max-time 30',
    template.method === 'HEAD' && bare ? '--head' : `--request ${literal(template.method)}`,
    ...(template.unixSocket === undefined ? [] : [`--unix-socket ${literal(template.unixSocket)}`]),
    ...(template.awsSigv4 ? ["--aws-sigv4 'aws:amz'"] : []),
    ...(user ? [`--user ${argument(user)}`] : []),
    ...(template.bodyFromFile ? [`--data-binary ${argument(['@', { variable: BODY_FILE }])}`] : []),
    ...(body === undefined ? [] : [`--data-binary ${viaFile(body)}`]),
    ...template.headers.map(([name, value]) => {
      const parts = headerParts(name, value);
      const text = parts.every((part) => typeof part === 'string') ? parts.join('') : undefined;
      return `--header ${text?.includes('"') ? viaFile(text) : argument(parts)}`;
    }),
    `--url ${argument(template.url)}`,
  ];
  const named = files.filter((_, i) => i % 2 === 0);
  return [
    ...files.filter((_, i) => i % 2 === 1),
    `curl.exe ${options.join(' `\n  ')}`,
    ...(named.length === 0 ? [] : [`Remove-Item ${named.join(', ')}`]),
  ].join('\n');
}

/** As for the other shells: `name;` sends a header without a value, `content-type:` keeps curl from inventing one. */
function headerParts(name: string, value: readonly Part[]): readonly Part[] {
  if (value.some((part) => part !== '')) return merge([`${name}: `, ...value]);
  return [name.toLowerCase() === 'content-type' ? `${name}:` : `${name};`];
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
