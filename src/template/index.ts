import { fits, type PathPattern } from './patterns.ts';
import { templateSegment } from './segment.ts';

export { type PathPattern, parsePatterns } from './patterns.ts';

const MAX_SEGMENTS = 12;
const MAX_LENGTH = 128;
/** Behind this a path is not looked at. */
const MAX_INPUT = 2048;

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
