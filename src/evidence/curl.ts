import { BODY_FILE, type RequestTemplate, variablesOf } from './request.ts';
import { needsPrinter, printer, quote, word } from './shell.ts';

export interface Curl {
  /** One command for sh, bash and zsh; several lines. */
  readonly command: string;
  /** Shell variables the user sets first; no secret is ever part of the command. */
  readonly variables: readonly string[];
}

/**
 * The curl command that repeats a request byte for byte. `--globoff` and `--path-as-is` keep the URL as it is, the URL stands after `--url`
 * and bodies in `--data-raw` (`--data-binary` would read a file for a leading `@`), so nothing remote can become an option or a file name.
 */
export function curlOf(template: RequestTemplate): Curl {
  const piped = template.body !== undefined && needsPrinter(template.body);
  const options = [
    '--globoff --path-as-is --include --max-time 30',
    template.method === 'HEAD' && template.body === undefined && !template.bodyFromFile
      ? '--head'
      : `--request ${quote(template.method)}`,
    ...(template.unixSocket === undefined ? [] : [`--unix-socket ${quote(template.unixSocket)}`]),
    ...(template.awsSigv4 ? ["--aws-sigv4 'aws:amz'"] : []),
    ...(template.user ? [`--user ${word(template.user)}`] : []),
    ...template.headers.map(([name, value]) => `--header ${header(name, value)}`),
    ...(template.bodyFromFile ? [`--data-binary ${word(['@', { variable: BODY_FILE }])}`] : []),
    ...(template.body === undefined ? [] : [piped ? '--data-binary @-' : `--data-raw ${quote(template.body)}`]),
    `--url ${word(template.url)}`,
  ];
  const command = `curl ${options.join(' \\\n  ')}`;
  return {
    command: piped ? `${printer(template.body!)} |\n  ${command}` : command,
    variables: variablesOf(template),
  };
}

/** `name;` sends a header without a value; `content-type:` keeps curl from inventing one. */
const header = (name: string, value: RequestTemplate['headers'][number][1]): string => {
  if (value.some((part) => part !== '')) return word([`${name}: `, ...value]);
  return quote(name.toLowerCase() === 'content-type' ? `${name}:` : `${name};`);
};
