import { wellFormed } from '../evidence/inert.ts';

export interface TestCase {
  readonly suite: string;
  readonly name: string;
  readonly seconds: number;
  /** Absent when it passed. */
  readonly failure?: { readonly type: string; readonly message: string; readonly detail: string };
}

/** JUnit XML as CI servers read it (Jenkins’ junit-10 schema): one `testsuite` per file. */
export function junitOf(cases: readonly TestCase[]): string {
  const suites = new Map<string, TestCase[]>();
  for (const c of cases) suites.set(c.suite, [...(suites.get(c.suite) ?? []), c]);
  const total = (all: readonly TestCase[]): string =>
    `tests="${all.length}" failures="${all.filter((c) => c.failure).length}" errors="0" time="${seconds(all.reduce((sum, c) => sum + c.seconds, 0))}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${total(cases)}>`,
    ...[...suites].flatMap(([suite, own]) => [
      `  <testsuite name="${xml(suite)}" ${total(own)}>`,
      ...own.flatMap(({ name, seconds: took, failure }) => {
        const open = `    <testcase classname="${xml(suite)}" name="${xml(name)}" time="${seconds(took)}"`;
        if (failure === undefined) return [`${open}/>`];
        const { type, message, detail } = failure;
        const inner = `      <failure type="${xml(type)}" message="${xml(message)}">${xml(detail)}</failure>`;
        return [`${open}>`, inner, '    </testcase>'];
      }),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

const seconds = (n: number): string => n.toFixed(3);

const ENTITY: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text for XML 1.0: what it has no form for (most control characters, lone surrogates) becomes U+FFFD. */
const xml = (text: string): string =>
  wellFormed(text)
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"]/g, (c) => ENTITY[c]!)
    .replace(/[\t\n\r]/g, (c) => `&#${c.charCodeAt(0)};`);
