import { BODY_FILE, type RequestTemplate, variablesOf } from './request.ts';
import { merge, needsPrinter, type Part, printer, quote, word } from './shell.ts';

export interface Curl {
  /** One command for sh, bash and zsh; several lines. */
  readonly command: string;
  /** Shell variables the user sets first; no secret is ever part of the command. */
  readonly variables: readonly string[];
}

/** How a shell writes an argument, and hands on a header and a body. */
export interface Dialect {
  readonly argument: (parts: readonly Part[]) => string;
  readonly header: (parts: readonly Part[]) => string;
  /** The whole option. */
  readonly body: (text: string) => string;
}

/**
 * The options of the curl command that repeats a request byte for byte. `--globoff` and `--path-as-is` keep the URL as it is, and the URL stands
 * after `--url`, so that nothing remote can become an option.
 */
export function optionsOf(template: RequestTemplate, { argument, header, body: bodyOption }: Dialect): string[] {
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
