import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const DOCS = join(import.meta.dirname, '../../docs');

/** Names of the limits that a document states: its list items' bold beginnings. */
export const statedLimits = (document: 'limits.md' | 'attempts.md'): string[] =>
  [...readFileSync(join(DOCS, document), 'utf8').matchAll(/^- \*\*(.+?)\*\*/gms)].map(([, name]) =>
    name!.replace(/\s+/g, ' '),
  );

/** A test that shows a stated limit as it is today: a limit that is overcome makes its test fail, and its entry goes. */
export function limit(name: string, run: () => Promise<void> | void): void {
  it(`limit: ${name}`, async () => {
    expect([...statedLimits('limits.md'), ...statedLimits('attempts.md')]).toContain(name);
    await run();
  });
}
