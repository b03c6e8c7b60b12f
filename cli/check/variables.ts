import { randomInt, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Scope } from '../../src/http-file/variables.ts';
import { UsageError } from '../command.ts';

/** `http-client.env.json` and its private sibling, which wins. */
export function environment(file: string, name: string | undefined): [string, string][] {
  if (name === undefined) return [];
  const found = ['http-client.env.json', 'http-client.private.env.json'].flatMap((leaf) => {
    try {
      const all = JSON.parse(readFileSync(join(dirname(file), leaf), 'utf8')) as Record<
        string,
        Record<string, unknown>
      >;
      return Object.hasOwn(all, name) ? [all[name]!] : [];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw new UsageError(`${leaf}: ${(error as Error).message}`);
    }
  });
  if (found.length === 0) throw new UsageError(`no environment '${name}' in http-client.env.json beside ${file}`);
  return found.flatMap((one) => Object.entries(one).map(([key, value]): [string, string] => [key, String(value)]));
}

/** `name=value` pairs of `--var`. */
export const given = (pairs: readonly string[]): [string, string][] =>
  pairs.map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) throw new UsageError('--var wants name=value');
    return [pair.slice(0, at), pair.slice(at + 1)];
  });

/** Where the placeholders of one file get their values from. */
export const scopeOf = (variables: ReadonlyMap<string, string>): Scope => ({
  variable: (name) => variables.get(name),
  environment: (name) => process.env[name],
  nowMs: Date.now,
  uuid: randomUUID,
  random: (max) => randomInt(max),
});
