import { isIP } from 'node:net';
import { isSpecialAddress } from '../net/addresses.ts';
import { ConnectError, openTcp } from '../net/connect.ts';
import type { Resolved } from '../net/resolve.ts';
import { certificates } from './certificates.ts';
import type { Context } from './context.ts';
import { exchangeFindings } from './http.ts';
import { askEverybody, hostsEntries, type ResolverReport } from './probes/dns.ts';
import { type Finding, mismatch, note, ok } from './report.ts';
import { ms, plural } from './words.ts';

/** Addresses of one name that are tried one by one. */
const ADDRESSES_MAX = 8;

/** Step 4: from this host to the provider’s answer, each stage alone: proxy, DNS, TCP and TLS of every address, HTTP. */
export async function transport(context: Context): Promise<Finding[]> {
  const { subject, options } = context;
  const findings: Finding[] = [proxyFinding(context)];
  const stop = (): boolean => findings.some((f) => f.verdict === 'mismatch');
  if (options.proxy.use === undefined) {
    const host = subject.url.hostname.replace(/^\[|\]$/g, '');
    const reports = isIP(host) ? [] : await askEverybody(host, options.resolvers, options.timeoutMs);
    findings.push(...dnsFindings(host, reports));
    if (stop() && subject.record?.peer !== undefined)
      findings.push(
        note(
          'then',
          `the kept call reached ${subject.record.peer}`,
          'the name is known where the service runs, not here',
          'run doctor there, or give its resolver with --resolver',
        ),
      );
    const entries = await hostsEntries(host);
    if (entries.length > 0 && host !== 'localhost')
      findings.push(note('hosts file', entries.join(', '), 'an entry there wins over every resolver'));
    if (stop()) return findings;
    const addresses = isIP(host) ? [{ address: host, family: isIP(host) as 4 | 6 }] : unique(reports);
    const special = addresses.find((a) => isSpecialAddress(a.address));
    if (special && !options.allowPrivate)
      return [
        ...findings,
        mismatch(
          'address',
          `${special.address} is not a public address`,
          'connections to it are refused for a URL that came from a record',
          '--allow-private goes there',
        ),
      ];
    findings.push(...(await addressFindings(context, addresses.slice(0, ADDRESSES_MAX))));
    if (stop()) return findings;
  }
  return [...findings, ...(await exchangeFindings(context))];
}

function proxyFinding({ options: { proxy } }: Context): Finding {
  if (proxy.ignored)
    return note(
      'proxy',
      proxy.says,
      'curl goes through it and this process does not: the two may differ',
      'set NODE_USE_ENV_PROXY=1 where the proxy is the only way out',
    );
  return proxy.use === undefined ? ok('proxy', proxy.says) : ok('proxy', `through ${proxy.says}; it resolves the name`);
}

function* dnsFindings(host: string, reports: readonly ResolverReport[]): Generator<Finding> {
  const answering = reports.filter((r) => r.error === undefined);
  for (const r of reports) {
    const name = r.resolver === 'system' ? 'DNS' : `DNS ${r.resolver}`;
    if (r.error === undefined) {
      const alias = r.cname.length > 0 ? `${r.cname.join(' → ')} → ` : '';
      yield ok(name, `${alias}${r.addresses.map((a) => a.address).join(', ')} in ${ms(r.ms)}`);
    } else if (r.resolver === 'system' || answering.length === 0)
      yield mismatch(
        name,
        `${r.error} for ${host} after ${ms(r.ms)}`,
        DNS_MEANS[r.error] ?? 'the resolver failed',
        answering.length > 0
          ? 'other resolvers know it: look at this host’s resolver configuration'
          : 'check the spelling, the zone, and whether the name is internal',
      );
    else
      yield note(
        name,
        `${r.error} after ${ms(r.ms)}`,
        'this resolver alone fails: lookups that go to it fail now and then',
        'take it out of the resolver configuration, or mend it',
      );
  }
  const sets = new Set(
    answering.map((r) =>
      r.addresses
        .map((a) => a.address)
        .sort()
        .join(' '),
    ),
  );
  const kinds = new Set(answering.flatMap((r) => r.addresses.map((a) => isSpecialAddress(a.address))));
  if (sets.size > 1 && kinds.size > 1)
    yield note(
      'DNS answers',
      'private for some resolvers, public for others',
      'split horizon: the answer depends on who asks',
    );
}

const DNS_MEANS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name does not exist (NXDOMAIN) or has no address',
  ENODATA: 'the name exists but has no address',
  ESERVFAIL: 'the resolver could not get an answer: a broken zone, DNSSEC, or its upstream',
  EREFUSED: 'the resolver does not answer this host',
  ETIMEOUT: 'the resolver did not answer: unreachable, or packets are dropped',
  EAI_AGAIN: 'the resolver failed or did not answer',
  ECONNREFUSED: 'nothing listens at the resolver’s address',
};

const unique = (reports: readonly ResolverReport[]): Resolved[] => [
  ...new Map(reports.flatMap((r) => r.addresses).map((a) => [a.address, a])).values(),
];

async function addressFindings(context: Context, addresses: readonly Resolved[]): Promise<Finding[]> {
  const { url } = context.subject;
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const timeoutMs = context.options.timeoutMs;
  const opened = await Promise.all(
    addresses.map(async ({ address, family }) => {
      const start = performance.now();
      try {
        const socket = await openTcp(address, port, { signal: AbortSignal.timeout(timeoutMs), timeoutMs });
        socket.destroy();
        return { address, family, ms: performance.now() - start };
      } catch (error) {
        const cause = (error instanceof ConnectError ? error.cause : error) as NodeJS.ErrnoException;
        return { address, family, ms: performance.now() - start, error: cause.code ?? cause.name };
      }
    }),
  );
  const open = opened.filter((o) => o.error === undefined);
  const findings = opened.map((o): Finding => {
    const name = `TCP ${o.address}`;
    if (o.error === undefined) return ok(name, `port ${port} open in ${ms(o.ms)}`);
    const next =
      open.length > 0
        ? `${plural(open.length, 'address')} of ${opened.length} would do; clients that pick this one fail or wait`
        : 'firewall, security group, route, or the service is down';
    // A host without an IPv6 route is common, and every client falls back at once.
    if (o.family === 6 && (o.error === 'ENETUNREACH' || o.error === 'EADDRNOTAVAIL') && open.length > 0)
      return note(name, 'no IPv6 route from this host', 'clients fall back to IPv4');
    return mismatch(
      name,
      `${o.error} at port ${port} after ${ms(o.ms)}`,
      TCP_MEANS[o.error] ?? 'no connection could be opened',
      next,
    );
  });
  if (findings.some((f) => f.verdict === 'mismatch') || url.protocol !== 'https:') return findings;
  for (const { address } of open) findings.push(...(await certificates(context, address, port)));
  return findings;
}

const TCP_MEANS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the host is there, nothing listens at this port',
  ETIMEDOUT: 'packets vanish: a firewall that drops, or a dead host',
  EHOSTUNREACH: 'no route to this host',
  ENETUNREACH: 'no route to this network',
  ECONNRESET: 'something on the way cuts the connection',
};
