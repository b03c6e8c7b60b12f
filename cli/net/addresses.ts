import { lookup, Resolver } from 'node:dns/promises';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/**
 * Not reachable, or not meant to be reached, over the public Internet: IANA special-purpose registries (RFC 6890), multicast, reserved. Among them
 * carrier-grade NAT (100.64), link-local with the metadata of clouds (169.254), and what may hide an IPv4 address: Teredo (2001::), 6to4 (2002::).
 */
const V4 =
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 ' +
  '192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4';
const V6 =
  '::/128 ::1/128 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8';

const special = new BlockList();
for (const [family, nets] of [['ipv4', V4] as const, ['ipv6', V6] as const])
  for (const [net = '', prefix] of nets.split(' ').map((one) => one.split('/')))
    special.addSubnet(net, Number(prefix), family);

/**
 * Whether an address is private, loopback, link-local or otherwise special. IPv4 addresses inside IPv6 (mapped, compatible, NAT64) are judged
 * by the IPv4 address. What is no address counts as special: the answer must fail closed.
 */
export function isSpecialAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '');
  if (isIP(bare) === 0) return true;
  if (!isIPv6(bare)) return special.check(bare, 'ipv4');
  const inner = embedded(bare);
  return inner === undefined ? special.check(bare, 'ipv6') : special.check(inner, 'ipv4');
}

/** The IPv4 address in `::ffff:a.b.c.d`, `::a.b.c.d` and `64:ff9b::a.b.c.d`, however it is written. */
function embedded(address: string): string | undefined {
  // The URL parser writes every IPv6 address in the one form of RFC 5952, with hexadecimal groups.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const m = /^(?:::(?:ffff:(?:0:)?)?|64:ff9b::)(?:([\da-f]{1,4}):)?([\da-f]{1,4})$/.exec(canonical);
  if (m === null || canonical === '::1') return undefined;
  const high = Number.parseInt(m[1] ?? '0', 16);
  const low = Number.parseInt(m[2]!, 16);
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

export interface Resolved {
  readonly address: string;
  readonly family: 4 | 6;
}

export interface Resolution {
  readonly addresses: Resolved[];
  readonly cname: readonly string[];
}

/**
 * The addresses of a host: as the application gets them (`getaddrinfo`), or from one named resolver (`host` or `host:port`), whose error is
 * thrown only if neither address family has an answer.
 */
export async function resolveHost(name: string, resolver: string | undefined, timeoutMs: number): Promise<Resolution> {
  const host = name.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  if (family !== 0) return { addresses: [{ address: host, family: family as 4 | 6 }], cname: [] };
  if (resolver === undefined) {
    const found = await within(lookup(host, { all: true }), timeoutMs);
    return { addresses: found.map((a) => ({ address: a.address, family: a.family as 4 | 6 })), cname: [] };
  }
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

const within = <T>(promise: Promise<T>, ms: number): Promise<T> => {
  const late = setTimeout(ms, undefined, { ref: false }).then(() => {
    throw Object.assign(new Error(`no answer in ${ms} ms`), { code: 'ETIMEOUT' });
  });
  return Promise.race([promise, late]);
};
