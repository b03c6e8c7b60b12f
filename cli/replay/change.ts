import { readFileSync } from 'node:fs';
import type { RequestTemplate } from '../../src/evidence/request.ts';
import type { Part } from '../../src/evidence/shell.ts';
import { UsageError } from '../command.ts';

/** The one variable of an experiment. */
export type Change =
  | { readonly what: 'token'; readonly variable: string }
  | { readonly what: 'payload'; readonly body: string }
  | { readonly what: 'version'; readonly segment: string }
  | { readonly what: 'host'; readonly host: string };

/** Reads `token=NAME`, `payload=FILE`, `version=v2`, `host=name`. */
export function parseChange(text: string): Change {
  const at = text.indexOf('=');
  const what = text.slice(0, at);
  const value = text.slice(at + 1);
  if (at > 0 && value !== '')
    switch (what) {
      case 'token':
        if (/^[A-Za-z_]\w*$/.test(value)) return { what, variable: value };
        throw new UsageError(
          '--change token= wants the name of a variable; a secret does not belong on a command line',
        );
      case 'payload':
        return { what, body: readFileSync(value, 'utf8') };
      case 'version':
        if (/^[\w.-]{1,32}$/.test(value)) return { what, segment: value };
        throw new UsageError('--change version= wants one path segment, such as v2');
      case 'host':
        if (URL.canParse(`https://${value}`) && new URL(`https://${value}`).host === value.toLowerCase())
          return { what, host: value };
        throw new UsageError('--change host= wants a host, with a port if need be');
    }
  throw new UsageError('--change wants token=NAME, payload=FILE, version=SEGMENT or host=HOST');
}

/** The request with that one thing changed. */
export function changed(template: RequestTemplate, change: Change): RequestTemplate {
  switch (change.what) {
    case 'payload':
      return { ...template, body: change.body };
    case 'token':
      return withCredential(template, change.variable);
    case 'version':
      return { ...template, url: inFirst(template.url, (text) => otherVersion(text, change.segment)) };
    case 'host':
      return {
        ...template,
        url: inFirst(template.url, (text) =>
          text.replace(/^(https?:\/\/)[^/?#]*/i, (_, scheme: string) => scheme + change.host),
        ),
      };
  }
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

const inFirst = (parts: readonly Part[], edit: (text: string) => string): Part[] =>
  parts.map((part, i) => (i === 0 && typeof part === 'string' ? edit(part) : part));

function otherVersion(text: string, segment: string): string {
  const other = text.replace(/\/(v\d+(?:\.\d+)*(?:(?:alpha|beta)\d*)?|\d{4}-\d{2}-\d{2})(?=[/?#]|$)/i, `/${segment}`);
  if (other === text) throw new UsageError('the path has no version segment (such as /v1/) that could be changed');
  return other;
}
