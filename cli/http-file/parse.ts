/**
 * Reader of `.http` files as JetBrains’ HTTP Client and Visual Studio Code’s REST Client share them: requests between `###` lines, `# @name`,
 * `@variable = value`, `{{variable}}`, `< file` bodies. Response scripts (`> {% … %}`) are not run; they are named as ignored.
 */
export interface HttpRequest {
  readonly name: string;
  /** Line of the request line, from 1. */
  readonly line: number;
  readonly method: string;
  readonly url: string;
  /** The request line asks for `HTTP/2`. */
  readonly http2?: boolean;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
  /** Path after `<`, relative to the file; `substitute` for `<@`, whose variables are replaced. */
  readonly bodyFile?: { readonly path: string; readonly substitute: boolean };
  /** From `# @expect 404`, `# @expect 2xx`; without it any answer without a failure layer is right. */
  readonly expect?: string;
  /** `# @no-auto…`, scripts and other parts that were understood but are not carried out. */
  readonly ignored: readonly string[];
}

export interface HttpFile {
  readonly variables: ReadonlyMap<string, string>;
  readonly requests: readonly HttpRequest[];
  /** One sentence with its line per part that could not be read. */
  readonly problems: readonly string[];
}

const REQUEST_LINE =
  /^(?:(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT|QUERY|PROPFIND|REPORT)\s+)?(\S.*?)(?:\s+HTTP\/([\d.]+)(?: \(Prior Knowledge\))?)?\s*$/;

export function parseHttpFile(text: string): HttpFile {
  const variables = new Map<string, string>();
  const requests: HttpRequest[] = [];
  const problems: string[] = [];
  let block: Block = { lines: [], first: 1, title: '' };
  const finish = (): void => {
    const request = readBlock(block, variables, problems, requests.length + 1);
    if (request !== undefined) requests.push(request);
  };
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  for (const [i, line] of lines.entries()) {
    if (line.startsWith('###')) {
      finish();
      block = { lines: [], first: i + 2, title: line.replace(/^#+/, '').trim() };
    } else block.lines.push(line);
  }
  finish();
  return { variables, requests, problems };
}

interface Block {
  readonly lines: string[];
  /** Line number of `lines[0]`. */
  readonly first: number;
  readonly title: string;
}

function readBlock(
  block: Block,
  variables: Map<string, string>,
  problems: string[],
  ordinal: number,
): HttpRequest | undefined {
  const directives = new Map<string, string>();
  const ignored: string[] = [];
  let i = 0;
  for (; i < block.lines.length; i++) {
    const line = block.lines[i]!.trim();
    const directive = /^(?:#|\/\/)\s*@([\w-]+)\s*=?\s*(.*)$/.exec(line);
    const variable = /^@([\w.-]+)\s*=\s*(.*)$/.exec(line);
    if (directive) directives.set(directive[1]!, directive[2]!.trim());
    else if (variable) variables.set(variable[1]!, variable[2]!.trim());
    else if (line.startsWith('< {%')) i = skipScript(block.lines, i, ignored);
    else if (line !== '' && !line.startsWith('#') && !line.startsWith('//')) break;
  }
  if (i >= block.lines.length) return undefined;
  const line = block.first + i;
  const start = REQUEST_LINE.exec(block.lines[i]!.trim())!;
  if (start[1] === undefined && !/^(https?:\/\/|\{\{|\/)/i.test(start[2]!)) {
    problems.push(`line ${line}: '${block.lines[i]!.trim().slice(0, 60)}' is not a request line (METHOD URL)`);
    return undefined;
  }
  let url = start[2]!;
  // A long query may go on in indented lines that begin with ? or &.
  while (/^\s+[?&]/.test(block.lines[i + 1] ?? '')) url += block.lines[++i]!.trim();
  const late = /\s+HTTP\/([\d.]+)(?: \(Prior Knowledge\))?$/.exec(url);
  if (late) url = url.slice(0, late.index);
  const version = late?.[1] ?? start[3];
  const headers: [string, string][] = [];
  for (i++; i < block.lines.length && block.lines[i]!.trim() !== ''; i++) {
    const text = block.lines[i]!;
    if (/^\s*(#|\/\/)/.test(text)) continue;
    const header = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:\s*(.*)$/.exec(text);
    if (header) headers.push([header[1]!, header[2]!.trim()]);
    else problems.push(`line ${block.first + i}: '${text.slice(0, 60)}' is not a header`);
  }
  const rest = readBody(block.lines.slice(i + 1), ignored);
  const expect = directives.get('expect') ?? directives.get('expect-status');
  return {
    name: directives.get('name') || block.title || `request ${ordinal}`,
    line,
    method: start[1] ?? 'GET',
    url,
    headers,
    ...(version?.startsWith('2') ? { http2: true } : {}),
    ...rest,
    ...(expect ? { expect } : {}),
    ignored,
  };
}

function readBody(lines: readonly string[], ignored: string[]): Pick<HttpRequest, 'body' | 'bodyFile'> {
  const body: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    const file = /^<(@)?(?:[\w-]*)\s+(\S.*)$/.exec(line);
    if (/^>\s*\{%/.test(line)) i = skipScript(lines, i, ignored);
    else if (/^(>>?!?|<>)\s+\S/.test(line)) ignored.push(line.trim());
    else if (file && body.every((l) => l.trim() === ''))
      return { bodyFile: { path: file[2]!.trim(), substitute: file[1] === '@' } };
    else body.push(line);
  }
  while (body.length > 0 && body.at(-1)!.trim() === '') body.pop();
  while (body.length > 0 && body[0]!.trim() === '') body.shift();
  return body.length === 0 ? {} : { body: body.join('\n') };
}

/** Index of the line that ends the script begun at `i`. */
function skipScript(lines: readonly string[], i: number, ignored: string[]): number {
  ignored.push('script');
  let end = i;
  while (end < lines.length - 1 && !lines[end]!.includes('%}')) end++;
  return end;
}
