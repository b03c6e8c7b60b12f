import fc from 'fast-check';
import { expect, it } from 'vitest';
import { powershellOf } from '../../../src/evidence/curl.ts';
import { wellFormed } from '../../../src/evidence/inert.ts';
import { type RequestTemplate, requestOf } from '../../../src/evidence/request.ts';
import { failure } from '../../support/failures.ts';

/**
 * Reads what {@link powershellOf} writes the way PowerShell does: about_Quoting_Rules, about_Parsing (argument mode), Regex.Unescape of .NET. There is no
 * PowerShell here, so this reader is written from those pages, and knows nothing that is not needed.
 */
class Reader {
  at = 0;
  readonly text: string;
  readonly env: Readonly<Record<string, string>>;
  readonly files = new Map<string, string>();
  constructor(text: string, env: Readonly<Record<string, string>>) {
    this.text = text;
    this.env = env;
  }
  private is(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }
  private need(word: string): void {
    if (!this.is(word)) throw new Error(`'${word}' expected at ${this.text.slice(this.at, this.at + 40)}`);
  }
  private name(): string {
    const name = /^\w+/.exec(this.text.slice(this.at))![0];
    this.at += name.length;
    return name;
  }
  private quoted(): string {
    const isQuote = (c: string | undefined) => c !== undefined && "'\u2018\u2019\u201a\u201b".includes(c);
    let out = '';
    for (this.at++; ; this.at++) {
      const c = this.text[this.at];
      if (c === undefined) throw new Error('a string without an end');
      if (isQuote(c)) {
        if (!isQuote(this.text[this.at + 1])) break;
        this.at++;
      }
      out += c;
    }
    this.at++;
    return out;
  }
  private expression(): string {
    let out = this.operand();
    while (this.is(' + ')) out += this.operand();
    return out;
  }
  private operand(): string {
    if (this.is('$env:')) return this.env[this.name()]!;
    if (this.is('([regex]::Unescape(')) {
      const escaped = this.quoted();
      this.need('))');
      return escaped.replace(/\\(?:u([\da-f]{4})|(.))/gsu, (_, hex?: string, c?: string) =>
        hex === undefined ? c! : String.fromCharCode(Number.parseInt(hex, 16)),
      );
    }
    if (this.is('$')) {
      const file = this.name();
      this.need('.FullName');
      return `<${file}>`;
    }
    return this.quoted();
  }
  private argument(): string {
    if (this.text.startsWith('([regex]', this.at)) return this.expression();
    if (this.is('(')) {
      const value = this.expression();
      this.need(')');
      return value;
    }
    if (this.text[this.at] === "'") return this.quoted();
    const bare = /^[-\w]+/.exec(this.text.slice(this.at))![0];
    this.at += bare.length;
    return bare;
  }
  /** Runs the lines; what curl.exe gets. */
  run(): string[] {
    while (this.is('$')) {
      const file = this.name();
      this.need(` = New-TemporaryFile; [IO.File]::WriteAllText($${file}.FullName, `);
      this.files.set(file, this.expression());
      this.need(')\n');
    }
    this.need('curl.exe');
    const args: string[] = [];
    while (this.is(' `\n  ') || this.is(' ')) args.push(this.argument());
    if (this.is('\nRemove-Item ')) this.at = this.text.length;
    expect(this.at).toBe(this.text.length);
    return args;
  }
}

const valuesOf = (args: string[], option: string): string[] =>
  args.flatMap((arg, i) => (arg === option ? [args[i + 1]!] : []));

function expectExactly(t: RequestTemplate): void {
  const env: Record<string, string> = new Proxy({}, { get: (_, name) => `live ${String(name)}` });
  const reader = new Reader(powershellOf(t), env);
  const args = reader.run();
  const text = (parts: RequestTemplate['url']) =>
    wellFormed(parts.map((part) => (typeof part === 'string' ? part : env[part.variable]!)).join('')).replaceAll(
      '\0',
      '',
    );
  const read = (arg: string) => arg.replace(/^@<(\w+)>$/, (_, file: string) => reader.files.get(file)!);
  expect(valuesOf(args, '--url')).toEqual([text(t.url)]);
  const headers = valuesOf(args, '--header').map(read);
  for (const [i, [name, value]] of t.headers.entries())
    if (value.some((part) => part !== '')) expect(headers[i]).toBe(`${name}: ${text(value)}`);
  if (t.body !== undefined)
    expect(read(valuesOf(args, '--data-binary')[0]!)).toBe(wellFormed(t.body).replaceAll('\0', ''));
  // What Windows PowerShell would hand on wrongly is in no argument.
  for (const arg of args) expect(arg).not.toContain('"');
}

const nasty = fc.constantFrom(
  "'",
  '"',
  '\u2019',
  '`',
  '$(calc)',
  '$env:PATH',
  '\n',
  '\r',
  '\t',
  '\\',
  '\u001b[2J',
  ';',
  '|',
  '@file',
  '--%',
  '{}',
  'é',
  '日',
  '\ud800',
  '%00',
  '#',
  '(',
  ')',
);
const hostile = fc
  .array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 8 })
  .map((pieces) => pieces.join(''));

it('is one call of curl.exe with the same request, whatever the record holds', () => {
  fc.assert(
    fc.property(
      hostile,
      hostile,
      hostile,
      fc.option(hostile),
      fc.constantFrom('GET', 'POST', 'HEAD'),
      (path, query, value, body, method) => {
        const record = failure({
          method,
          url: `https://api.test/${path}?q=${query}&api_key=REDACTED`,
          authScheme: 'bearer',
          headers: [
            ['x-custom', value],
            ['accept', 'application/json; profile="x y"'],
          ],
          ...(body === null ? {} : { requestBody: body }),
        });
        const template = requestOf(record);
        if (template !== undefined) expectExactly(template);
      },
    ),
    { numRuns: 400, seed: 20_260_102 },
  );
});

it('reads like what a person would type', () => {
  const record = failure({
    method: 'POST',
    url: 'https://api.test/v1/pears',
    authScheme: 'bearer',
    headers: [['accept', 'application/json']],
    requestBody: '{"note":"it\'s"}',
  });
  expect(powershellOf(requestOf(record)!)).toBe(
    [
      `$body = New-TemporaryFile; [IO.File]::WriteAllText($body.FullName, '{"note":"it''s"}')`,
      'curl.exe --globoff --path-as-is --include --max-time 30 `',
      "  --request 'POST' `",
      "  --header 'accept: application/json' `",
      "  --header ('authorization: Bearer ' + $env:API_TOKEN) `",
      "  --header 'content-type: application/json' `",
      "  --data-binary ('@' + $body.FullName) `",
      "  --url 'https://api.test/v1/pears'",
      'Remove-Item $body',
    ].join('\n'),
  );
});

it('takes basic credentials and a body that was cut from variables', () => {
  const record = failure({
    method: 'PUT',
    url: 'https://REDACTED:REDACTED@api.test/v1/pears',
    requestBody: '{"cut":',
    requestBodyCut: true,
  });
  const text = powershellOf(requestOf(record)!);
  expect(text).toContain("--user ($env:API_USER + ':' + $env:API_PASSWORD)");
  expect(text).toContain("--data-binary ('@' + $env:BODY_FILE)");
});
