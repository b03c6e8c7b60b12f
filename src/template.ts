import { isSecretSegment } from './redact/path.ts';

/** A user's path pattern: literal segments, `{name}` for exactly one segment, a last `**` for any rest. Compiled once. */
export interface PathPattern {
  readonly template: string;
  readonly segments: readonly string[];
}

const ID = '{id}';
const MAX_SEGMENTS = 12;
const MAX_LENGTH = 128;
const MAX_PATTERNS = 200;

/** Reads `/v1/users/{id}/files/**`, comma-separated. Throws a sentence for a pattern that cannot work. */
export function parsePatterns(text: string): PathPattern[] {
  const patterns = text
    .split(',')
    .map((p) => p.trim())
    .filter(Boolean);
  if (patterns.length > MAX_PATTERNS) throw new Error(`must have at most ${MAX_PATTERNS} patterns`);
  return patterns.map((template) => {
    if (!template.startsWith('/') || template.length > MAX_LENGTH || /[\s?#]/.test(template))
      throw new Error(`must be paths such as /v1/users/{id}, at most ${MAX_LENGTH} characters each`);
    const segments = template.slice(1).split('/');
    if (segments.slice(0, -1).includes('**')) throw new Error('must have ** only at the end of a pattern');
    if (segments.some((s) => /[{}*]/.test(s) && s !== '**' && !/^\{\w{1,32}\}$/.test(s)))
      throw new Error('must have {name} or a last ** as whole segments');
    return { template, segments };
  });
}

function fits(pattern: PathPattern, segments: readonly string[]): boolean {
  const open = pattern.segments.at(-1) === '**';
  if (open ? segments.length < pattern.segments.length - 1 : segments.length !== pattern.segments.length) return false;
  return pattern.segments.every((p, i) => p === '**' || p.startsWith('{') || p === segments[i]);
}

/** Route words, versions and dotted method names; not values. */
const WORD = /^[A-Za-z][A-Za-z_]*$/;
const VERSION = /^v\d{1,3}(?:[._-]?[a-z\d]{1,8}){0,2}$/i;
const DATE_VERSION = /^20\d\d-\d\d(?:-\d\d)?$/;

function isValue(segment: string, before: string | undefined): boolean {
  if (segment === '') return false;
  if (segment.length > 40) return true;
  if (VERSION.test(segment)) return false;
  if (isSecretSegment(segment, before)) return true;
  if (DATE_VERSION.test(segment)) return !(before === 'api' || before === undefined);
  if (WORD.test(segment)) return false;
  if (/[^\w.~:@!$()*+-]/.test(segment)) return true;
  const digits = segment.replace(/\D/g, '').length;
  return digits * 3 >= segment.length || digits >= 4;
}

/**
 * The low-cardinality form of a path for `url.template`: numbers, UUIDs, hashes, e-mails, tokens and dates become `{id}`; a user's
 * pattern that fits wins. At most 12 segments and 128 characters.
 */
export function templateOf(path: string, patterns: readonly PathPattern[] = []): string {
  const end = path.search(/[?#]/);
  const segments = (end < 0 ? path : path.slice(0, end)).slice(0, 2048).split('/').slice(1);
  for (const pattern of patterns) if (fits(pattern, segments)) return pattern.template;
  const kept = segments
    .slice(0, MAX_SEGMENTS)
    .map((s, i) => (isValue(s.split(';')[0]!, segments[i - 1]) ? ID : s.split(';')[0]!));
  const template = `/${kept.join('/')}${segments.length > MAX_SEGMENTS ? '/**' : ''}`;
  return template.length <= MAX_LENGTH
    ? template
    : `${template.slice(0, template.lastIndexOf('/', MAX_LENGTH - 3))}/**`;
}
