import { readFileSync } from 'node:fs';
import type { RequestTemplate } from '../../src/evidence/request.ts';
import type { Part } from '../../src/evidence/shell.ts';
import { UsageError } from '../command.ts';

/** The one variable of an experiment: what it is, and the request with it changed. */
export interface Change {
  readonly what: string;
  readonly apply: (template: RequestTemplate) => RequestTemplate;
}

/** By what is changed, from the value to the change; throws for a value that cannot be one. */
const CHANGES: Readonly<Record<string, (value: string) => Change['apply']>> = {
  token(variable) {
    if (/^[A-Za-z_]\w*$/.test(variable)) return (template) => withCredential(template, variable);
    throw new UsageError('--change token= wants the name of a variable; a secret does not belong on a command line');
  },
  payload(file) {
    const body = readFileSync(file, 'utf8');
    return (template) => ({ ...template, body });
  },
  version(segment) {
    if (/^[\w.-]{1,32}$/.test(segment)) return withStart((text) => otherVersion(text, segment));
    throw new UsageError('--change version= wants one path segment, such as v2');
  },
  host(host) {
    if (URL.parse(`https://${host}`)?.host === host.toLowerCase())
      return withStart((text) => text.replace(/^(https?:\/\/)[^/?#]*/i, (_, scheme: string) => scheme + host));
    throw new UsageError('--change host= wants a host, with a port if need be');
  },
};

/** Reads `token=NAME`, `payload=FILE`, `version=v2`, `host=name`. */
export function parseChange(text: string): Change {
  const at = text.indexOf('=');
  const what = text.slice(0, at);
  const value = text.slice(at + 1);
  if (at < 1 || value === '' || !Object.hasOwn(CHANGES, what))
    throw new UsageError('--change wants token=NAME, payload=FILE, version=SEGMENT or host=HOST');
  return { what, apply: CHANGES[what]!(value) };
}

function withCredential(template: RequestTemplate, variable: string): RequestTemplate {
  const own = { variable };
  const swap = (parts: readonly Part[]): Part[] => parts.map((part) => (typeof part === 'string' ? part : own));
  if (template.user !== undefined) return { ...template, user: [template.user[0]!, ':', own] };
  const credential = (name: string): boolean => /^(authorization|x-api-key|api-key|x-goog-api-key)$/i.test(name);
  if (template.headers.some(([name]) => credential(name)))
    return {
      ...template,
      headers: template.headers.map(([name, value]) => [name, credential(name) ? swap(value) : value] as const),
    };
  if (template.url.some((part) => typeof part !== 'string')) return { ...template, url: swap(template.url) };
  throw new UsageError('the kept call had no credentials that could be changed');
}

/** Edits the URL up to its first placeholder. */
const withStart =
  (edit: (text: string) => string): Change['apply'] =>
  (template) => ({
    ...template,
    url: template.url.map((part, i) => (i === 0 && typeof part === 'string' ? edit(part) : part)),
  });

function otherVersion(text: string, segment: string): string {
  const other = text.replace(/\/(v\d+(?:\.\d+)*(?:(?:alpha|beta)\d*)?|\d{4}-\d{2}-\d{2})(?=[/?#]|$)/i, `/${segment}`);
  if (other === text) throw new UsageError('the path has no version segment (such as /v1/) that could be changed');
  return other;
}
