/**
 * Preloaded before the example service: names listed in the zone file ($SERVICE_HOSTS, lines as in /etc/hosts) are found there, all others by the
 * system's resolver. It stands for the DNS server that a laptop lacks; a name that leaves the file fails in the system's resolver, for real.
 */

import dns, { type LookupOptions } from 'node:dns';
import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const file = process.env['SERVICE_HOSTS'];
const resolve = dns.lookup;
const resolveAsync = dns.promises.lookup;

const find = (name: string): string | undefined => {
  for (const line of readFileSync(file!, 'utf8').split('\n')) {
    const [address, ...names] = line.trim().split(/\s+/);
    if (names.includes(name)) return address;
  }
  return undefined;
};

type Callback = (error: Error | null, address?: unknown, family?: number) => void;
const lookup = (name: string, options: LookupOptions | number | Callback, callback?: Callback): void => {
  const given = typeof options === 'function' ? {} : options;
  const done = typeof options === 'function' ? options : callback!;
  resolve(find(name) ?? name, given as LookupOptions, done as never);
};
/** What programs use that await the answer, the command line among them. */
const lookupAsync: typeof dns.promises.lookup = ((name: string, options: LookupOptions) =>
  resolveAsync(find(name) ?? name, options)) as typeof dns.promises.lookup;
if (file) {
  dns.promises.lookup = lookupAsync;
  dns.lookup = Object.assign(lookup, { __promisify__: resolve.__promisify__ }) as unknown as typeof dns.lookup;
  syncBuiltinESMExports();
}
