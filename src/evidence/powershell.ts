import { optionsOf } from './curl.ts';
import { wellFormed } from './inert.ts';
import type { RequestTemplate } from './request.ts';
import { merge, type Part, variableName } from './shell.ts';

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
