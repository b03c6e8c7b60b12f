import { REASONS } from '../../src/contract/index.ts';
import { classifyTransport } from '../../src/layers/transport.ts';
import { isSpecialAddress, type Resolved } from '../net/addresses.ts';
import { causeOf, openTcp, portOf } from '../net/open.ts';
import { ms, plural } from '../paint.ts';
import { type Context, type Finding, mismatch, note, ok, stops } from './base.ts';
import { certificates } from './certificates.ts';
import { exchangeFindings } from './http.ts';
import { namesOf } from './names.ts';
import { proxyFinding } from './proxy.ts';

/** Addresses of one name that are tried one by one. */
const ADDRESSES_MAX = 8;

/** Step 4: from this host to the provider’s answer, each stage alone: proxy, DNS, TCP and TLS of every address, HTTP. */
export async function transport(context: Context): Promise<Finding[]> {
  const { proxy, unixSocket } = context.options;
  const findings =
    unixSocket !== undefined
      ? [await socketFinding(context, unixSocket)]
      : [proxyFinding(proxy), ...(proxy.use === undefined ? await wayThere(context) : [])];
  return stops(findings) ? findings : [...findings, ...(await exchangeFindings(context))];
}

const refused = (what: string): Finding =>
  mismatch('address', `${what} is not a public address`, 'a record leads there', '--allow-private goes there');

async function socketFinding({ options, answer }: Context, path: string): Promise<Finding> {
  if (!options.allowPrivate) return refused(path);
  const { status, layer, code = '' } = await answer();
  const closed = status === undefined && (layer === 'tcp' || Object.hasOwn(UNIX_MEANS, code));
  return unixFinding(path, closed ? code : undefined);
}

async function wayThere({ subject, options }: Context): Promise<Finding[]> {
  const host = subject.url.hostname.replace(/^\[|\]$/g, '');
  const { findings, addresses } = await namesOf(host, options);
  if (stops(findings)) {
    const peer = subject.record?.peer;
    const where = 'the name is known where the service runs, not here';
    const next = 'run doctor there, or give its resolver with --resolver';
    return peer === undefined ? findings : [...findings, note('then', `the kept call reached ${peer}`, where, next)];
  }
  const special = addresses.find((a) => isSpecialAddress(a.address));
  if (special && !options.allowPrivate) return [...findings, refused(special.address)];
  const port = portOf(subject.url);
  const tried = await tryAll(addresses.slice(0, ADDRESSES_MAX), port, options.timeoutMs);
  findings.push(...tcpFindings(tried, port));
  if (stops(findings) || subject.url.protocol !== 'https:') return findings;
  for (const { address, error } of tried)
    if (error === undefined)
      findings.push(...(await certificates({ host: subject.url.hostname, address, port }, options)));
  return findings;
}

/** One try to open a connection; `error` is the system's code. */
interface Tried extends Resolved {
  readonly ms: number;
  readonly error?: string;
}

/** Tries every address by itself. */
const tryAll = (addresses: readonly Resolved[], port: number, timeoutMs: number): Promise<Tried[]> =>
  Promise.all(
    addresses.map(async ({ address, family }) => {
      const start = performance.now();
      try {
        (await openTcp(address, port, { signal: AbortSignal.timeout(timeoutMs), timeoutMs })).destroy();
        return { address, family, ms: performance.now() - start };
      } catch (error) {
        const cause = causeOf(error);
        return { address, family, ms: performance.now() - start, error: cause.code ?? cause.name };
      }
    }),
  );

const NO_ROUTE: ReadonlySet<string | undefined> = new Set(['ENETUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/** What the tries say; one sentence where the name has one IP version only and this host has no way for it. */
export function tcpFindings(tried: readonly Tried[], port: number): Finding[] {
  const open = tried.filter((t) => t.error === undefined);
  const version = tried[0]?.family;
  if (tried.length > 0 && tried.every((t) => t.family === version && NO_ROUTE.has(t.error)))
    return [
      mismatch(
        'TCP',
        `${tried.map((t) => t.address).join(', ')}: only IPv${version}, and this host has no IPv${version} route`,
        `the name has no IPv${version === 6 ? 4 : 6} address that could be used instead`,
        version === 6 ? 'give this network IPv6, or the name an IPv4 address' : 'NAT64 and DNS64, or an IPv6 address',
      ),
    ];
  return tried.map((t) => {
    const name = `TCP ${t.address}`;
    if (t.error === undefined) return ok(name, `port ${port} open in ${ms(t.ms)}`);
    // A host without an IPv6 route is common, and every client falls back at once.
    if (t.family === 6 && NO_ROUTE.has(t.error) && open.length > 0)
      return note(name, 'no IPv6 route from this host', 'clients fall back to IPv4');
    const { reason = 'tcp.failed' } = classifyTransport({ ...ALONE, error: { code: t.error } });
    const some = `${plural(open.length, 'address')} of ${tried.length} would do; clients that pick this one fail or wait`;
    const next = open.length > 0 ? some : 'firewall, security group, route, or the service is down';
    return mismatch(name, `${t.error} at port ${port} after ${ms(t.ms)}`, REASONS[reason].meaning, next);
  });
}

/** A connection that is tried by itself, as the classifier of failures wants it. */
const ALONE = { phase: 'tcp', toProxy: false, timedOut: false, cancelled: false } as const;

const UNIX_MEANS: Readonly<Record<string, readonly [string, string]>> = {
  ENOENT: ['there is no such file here', 'is the daemon running, and is its folder mounted in this container?'],
  EACCES: ['this user may not write to the socket', 'look at owner, group and mode of the file and its folders'],
  ECONNREFUSED: ['the file is there, nobody listens behind it', 'the daemon has ended; it makes the file anew'],
  ENOTSOCK: ['the file is no socket', 'look at the path'],
};

/** What connecting to a unix socket says. */
function unixFinding(path: string, error: string | undefined): Finding {
  if (error === undefined) return ok('socket', `${path} is open`);
  const [means, next] = UNIX_MEANS[error] ?? ['the socket cannot be opened'];
  return mismatch('socket', `${error} at ${path}`, means, next);
}
