import { writeFileSync } from 'node:fs';

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Writes an executable that runs the second script behind the first, in an environment of its own; only its owner may read it. */
export function writeCommandLine(
  file: string,
  [preload, script]: readonly [preload: string, script: string],
  env: Readonly<Record<string, string>>,
): string {
  const variables = Object.entries(env).map(([name, value]) => `export ${name}=${quoted(value)}`);
  const run = [process.execPath, '--import', preload, script].map(quoted).join(' ');
  writeFileSync(file, `#!/bin/sh\n${variables.join('\n')}\nexec ${run} "$@"\n`, { mode: 0o700 });
  return file;
}
