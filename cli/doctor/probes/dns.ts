import { getServers } from 'node:dns';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { askResolver, type Resolved, resolveHost } from '../../net/resolve.ts';

export interface ResolverReport {
  /** `system` (getaddrinfo, what the application uses) or the resolver’s address. */
  readonly resolver: string;
  readonly ms: number;
  readonly addresses: readonly Resolved[];
  readonly cname: readonly string[];
  /** The resolver’s error code, e.g. ENOTFOUND, ESERVFAIL, ETIMEOUT. */
  readonly error?: string;
}

/** Every resolver’s own answer for a host. */
export async function askEverybody(
  host: string,
  resolvers: readonly string[],
  timeoutMs: number,
): Promise<ResolverReport[]> {
  const servers = resolvers.length > 0 ? resolvers : getServers();
  const system =
    resolvers.length > 0
      ? []
      : [
          timed('system', () =>
            resolveHost(host, undefined, timeoutMs).then((addresses) => ({ addresses, cname: [] })),
          ),
        ];
  return Promise.all([
    ...system,
    ...servers.map((server) => timed(server, () => askResolver(host, server, timeoutMs))),
  ]);
}

async function timed(
  resolver: string,
  ask: () => Promise<{ addresses: Resolved[]; cname: readonly string[] }>,
): Promise<ResolverReport> {
  const start = performance.now();
  try {
    const answer = await ask();
    return { resolver, ms: performance.now() - start, ...answer };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'EUNKNOWN';
    return { resolver, ms: performance.now() - start, addresses: [], cname: [], error: code };
  }
}

/** Lines of the hosts file that name this host: they win over every resolver. */
export async function hostsEntries(host: string, file = '/etc/hosts'): Promise<string[]> {
  if (isIP(host) !== 0) return [];
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
    .filter(([, ...names]) => names.some((name) => name.toLowerCase() === host.toLowerCase()))
    .map(([address]) => address!);
}
