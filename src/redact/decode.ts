/** What stands in a URL for what was taken out: semantic conventions, `url.full`. */
export const REDACTED = 'REDACTED';

/** Undoes percent-encoding up to five times (repeated encoding hides what is there); undefined if it is invalid or goes on. */
export function decode(text: string): string | undefined {
  let out = text;
  for (let i = 0; out.includes('%'); i++) {
    if (i === 5) return undefined;
    try {
      const next = decodeURIComponent(out);
      if (next === out) return out;
      out = next;
    } catch {
      return i === 0 ? undefined : out;
    }
  }
  return out;
}
