import { templateSegment } from './segment.ts';

const MAX_LENGTH = 128;
const MAX_SEGMENTS = 12;
/** Behind this a path is not looked at. */
const MAX_INPUT = 2048;

/** A user's path pattern: literal segments, `{name}` for exactly one segment, a last `**` for any rest. Compiled once. */
export interface PathPattern {
  readonly template: string;
  readonly segments: readonly string[];
}

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

/** Whether a path, cut at its slashes, is of the pattern. */
function fits(pattern: PathPattern, segments: readonly string[]): boolean {
  const open = pattern.segments.at(-1) === '**';
  if (open ? segments.length < pattern.segments.length - 1 : segments.length !== pattern.segments.length) return false;
  return pattern.segments.every((p, i) => p === '**' || p.startsWith('{') || p === segments[i]);
}

/**
 * The low-cardinality form of a path for `url.template`: numbers, UUIDs, hashes, e-mails, tokens, dates, and slugs behind a collection
 * become `{id}`; a user's pattern that fits wins. At most 12 segments and 128 characters; what is behind becomes `**`.
 */
export function templateOf(path: string, patterns: readonly PathPattern[] = []): string {
  const end = path.search(/[?#]/);
  const segments = (end < 0 ? path : path.slice(0, end)).slice(0, MAX_INPUT).split('/').slice(1);
  for (const pattern of patterns) if (fits(pattern, segments)) return pattern.template;
  const kept = segments.slice(0, MAX_SEGMENTS).map((segment, i) => templateSegment(segment, segments[i - 1]));
  const template = `/${kept.join('/')}${segments.length > MAX_SEGMENTS ? '/**' : ''}`;
  if (template.length <= MAX_LENGTH) return template;
  return `${template.slice(0, template.lastIndexOf('/', MAX_LENGTH - 3))}/**`;
}
