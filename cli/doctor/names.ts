import { getServers } from 'node:dns';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { isSpecialAddress, type Resolution, type Resolved, resolveHost } from '../net/addresses.ts';
import { ms } from '../paint.ts';
import { type DoctorOptions, type Finding, mismatch, note, ok, unknown } from './base.ts';

interface Report extends Resolution {
  /** `system` (getaddrinfo, what the application uses) or the resolver’s address. */
  readonly resolver: string;
  readonly ms: number;
  /** The resolver’s error code, e.g. ENOTFOUND, ESERVFAIL, ETIMEOUT. */
  readonly error?: string;
}

/** What each source of names says about a host: the hosts file, which wins over every resolver, or each resolver by itself. */
export async function namesOf(host: string, { resolvers, timeoutMs }: DoctorOptions) {
  const family = isIP(host);
  if (family !== 0) return { findings: [], addresses: [{ address: host, family: family as 4 | 6 }] };
  const ask = (resolver?: string): Promise<Report> => answerOf(host, resolver, timeoutMs);
  const entries = await hostsEntries(host);
  const local = entries.length > 0 || /(^|\.)localhost\.?$/i.test(host);
  const reports = await Promise.all(
    resolvers.length > 0 ? resolvers.map((r) => ask(r)) : [ask(), ...(local ? [] : getServers()).map((r) => ask(r))],
  );
  const findings = local && resolvers.length === 0 ? reports.map(localFinding) : [...dnsFindings(host, reports)];
  if (entries.length > 0 && resolvers.length > 0)
    findings.push(note('hosts file', entries.join(', '), 'an entry there wins over every resolver'));
  const all = reports.flatMap((r) => r.addresses).map((a) => [a.address, a] as const);
  return { findings, addresses: [...new Map(all).values()] };
}

async function answerOf(host: string, server: string | undefined, timeoutMs: number): Promise<Report> {
  const resolver = server ?? 'system';
  const start = performance.now();
  try {
    const answer = await resolveHost(host, server, timeoutMs);
    return { resolver, ms: performance.now() - start, ...answer };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'EUNKNOWN';
    return { resolver, ms: performance.now() - start, addresses: [], cname: [], error: code };
  }
}

/** Addresses that the hosts file has for this host. */
async function hostsEntries(host: string): Promise<string[]> {
  const text = await readFile('/etc/hosts', 'utf8').catch(() => '');
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
    .filter(([, ...names]) => names.some((name) => name.toLowerCase() === host.toLowerCase()))
    .map(([address]) => address!);
}

const addressesOf = (r: Report): string => r.addresses.map((a) => a.address).join(', ');

/** The name is this host's own, or stands in its hosts file: no resolver is asked, so none can be at fault. */
const localFinding = (r: Report): Finding =>
  r.error === undefined
    ? ok('DNS', `${addressesOf(r)} from the hosts file; no resolver is asked`)
    : mismatch('DNS', `${r.error} after ${ms(r.ms)}`, 'the hosts file names it, and the system does not find it');

function* dnsFindings(host: string, reports: readonly Report[]): Generator<Finding> {
  const answering = reports.filter((r) => r.error === undefined);
  const another = answering.some((r) => r.resolver !== 'system');
  for (const r of reports) {
    const name = r.resolver === 'system' ? 'DNS' : `DNS ${r.resolver}`;
    const seen = `${r.error} after ${ms(r.ms)}`;
    if (r.error === undefined) yield ok(name, `${[...r.cname, addressesOf(r)].join(' → ')} in ${ms(r.ms)}`);
    else if (r.resolver === 'system' || answering.length === 0)
      yield mismatch(
        name,
        `${r.error} for ${host} after ${ms(r.ms)}`,
        DNS_MEANS[r.error] ?? 'the resolver failed',
        answering.length > 0
          ? 'other resolvers know it: look at this host’s resolver configuration'
          : 'check the spelling, the zone, and whether the name is internal',
      );
    else if (another)
      yield note(
        name,
        seen,
        'this resolver alone fails: lookups that go to it fail now and then',
        'take it out of the resolver configuration, or mend it',
      );
    else yield unknown(name, `${seen}; the system has the name from elsewhere (search domain, mDNS, nsswitch.conf)`);
  }
  const kinds = new Set(answering.flatMap((r) => r.addresses.map((a) => isSpecialAddress(a.address))));
  const sets = new Set(answering.map((r) => addressesOf({ ...r, addresses: r.addresses.toSorted(byAddress) })));
  if (sets.size > 1 && kinds.size > 1)
    yield note('DNS answers', 'private for some resolvers, public for others', 'split horizon: it depends on who asks');
}

const byAddress = (a: Resolved, b: Resolved): number => (a.address < b.address ? -1 : 1);

const DNS_MEANS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name does not exist (NXDOMAIN) or has no address',
  ENODATA: 'the name exists but has no address',
  ESERVFAIL: 'the resolver could not get an answer: a broken zone, DNSSEC, or its upstream',
  EREFUSED: 'the resolver does not answer this host',
  ETIMEOUT: 'the resolver did not answer: unreachable, or packets are dropped',
  EAI_AGAIN: 'the resolver failed or did not answer',
  ECONNREFUSED: 'nothing listens at the resolver’s address',
};
