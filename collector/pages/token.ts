import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Config } from '../../src/config.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Where a token made by the collector is kept, so that the command line of the same user finds it (XDG base directory specification). */
export const tokenFile = (env: Env): string =>
  join(env['XDG_STATE_HOME'] || join(env['HOME'] || homedir(), '.local', 'state'), 'faultlayer', 'token');

/** The token that was configured, in a variable or in a file. Throws where the file cannot be read or is empty. */
export function configuredToken(config: Pick<Config, 'httpToken' | 'httpTokenFile'>): string | undefined {
  if (config.httpToken !== undefined || config.httpTokenFile === undefined) return config.httpToken;
  const token = readFileSync(config.httpTokenFile, 'utf8').trim();
  if (token === '') throw new Error(`${config.httpTokenFile} is empty`);
  return token;
}

/** The token that exists: configured, or made by an earlier start. */
export function knownToken(configured: string | undefined, env: Env): string | undefined {
  if (configured) return configured;
  try {
    return readFileSync(tokenFile(env), 'utf8').trim() || undefined;
  } catch {
    // no earlier start has made one
    return undefined;
  }
}

/** The token the collector asks for: the known one, or a new one, readable for this user only. It lives in memory where no file can be written. */
export function ensureToken(configured: string | undefined, env: Env): string {
  const known = knownToken(configured, env);
  if (known !== undefined) return known;
  const token = randomBytes(24).toString('base64url');
  try {
    const file = tokenFile(env);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
    return token;
  } catch {
    // A second collector may have written it between the two looks.
    return knownToken(undefined, env) ?? token;
  }
}
