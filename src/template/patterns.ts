/** A user's path pattern: literal segments, `{name}` for exactly one segment, a last `**` for any rest. Compiled once. */
export interface PathPattern {
  readonly template: string;
  readonly segments: readonly string[];
}

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

/** Whether a path, cut at its slashes, is of the pattern. */
export function fits(pattern: PathPattern, segments: readonly string[]): boolean {
  const open = pattern.segments.at(-1) === '**';
  if (open ? segments.length < pattern.segments.length - 1 : segments.length !== pattern.segments.length) return false;
  return pattern.segments.every((p, i) => p === '**' || p.startsWith('{') || p === segments[i]);
}
