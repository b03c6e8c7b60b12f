import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';

export interface Resolved {
  readonly address: string;
  readonly family: 4 | 6;
}

/** The addresses of a host: as the application gets them (`getaddrinfo`), or from one named resolver (`host` or `host:port`). */
export async function resolveHost(host: string, resolver: string | undefined, timeoutMs: number): Promise<Resolved[]> {
  const bare = host.replace(/^\[|\]$/g, '');
  const family = isIP(bare);
  if (family !== 0) return [{ address: bare, family: family as 4 | 6 }];
  if (resolver === undefined) {
    const found = await within(lookup(bare, { all: true }), timeoutMs);
    return found.map((a) => ({ address: a.address, family: a.family as 4 | 6 }));
  }
  return (await askResolver(bare, resolver, timeoutMs)).addresses;
}

export interface ResolverAnswer {
  readonly addresses: Resolved[];
  readonly cname: readonly string[];
}

/** Both address families from one resolver. Throws its error only if neither family has an answer. */
export async function askResolver(host: string, resolver: string, timeoutMs: number): Promise<ResolverAnswer> {
  const client = new Resolver({ timeout: Math.max(200, Math.floor(timeoutMs / 2)), tries: 2 });
  client.setServers([resolver]);
  const [v4, v6, alias] = await Promise.allSettled([
    within(client.resolve4(host), timeoutMs),
    within(client.resolve6(host), timeoutMs),
    within(client.resolveCname(host), timeoutMs),
  ]);
  const addresses: Resolved[] = [
    ...(v4.status === 'fulfilled' ? v4.value.map((address) => ({ address, family: 4 as const })) : []),
    ...(v6.status === 'fulfilled' ? v6.value.map((address) => ({ address, family: 6 as const })) : []),
  ];
  client.cancel();
  if (addresses.length === 0) throw v4.status === 'rejected' ? v4.reason : new Error('no address');
  return { addresses, cname: alias.status === 'fulfilled' ? alias.value : [] };
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error(`no answer in ${ms} ms`), { code: 'ETIMEOUT' })), ms);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
