import { ConnectError, openTcp } from '../net/open.ts';
import type { Resolved } from '../net/resolve.ts';
import { type Finding, mismatch, note, ok } from './report.ts';
import { ms, plural } from './words.ts';

/** One try to open a connection; `error` is the system's code. */
export interface Tried extends Resolved {
  readonly ms: number;
  readonly error?: string;
}

/** Tries every address by itself. */
export const tryAll = (addresses: readonly Resolved[], port: number, timeoutMs: number): Promise<Tried[]> =>
  Promise.all(
    addresses.map(async ({ address, family }) => {
      const start = performance.now();
      try {
        (await openTcp(address, port, { signal: AbortSignal.timeout(timeoutMs), timeoutMs })).destroy();
        return { address, family, ms: performance.now() - start };
      } catch (error) {
        const cause = (error instanceof ConnectError ? error.cause : error) as NodeJS.ErrnoException;
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
    return mismatch(
      name,
      `${t.error} at port ${port} after ${ms(t.ms)}`,
      TCP_MEANS[t.error] ?? 'no connection could be opened',
      open.length > 0
        ? `${plural(open.length, 'address')} of ${tried.length} would do; clients that pick this one fail or wait`
        : 'firewall, security group, route, or the service is down',
    );
  });
}

const TCP_MEANS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the host is there, nothing listens at this port',
  ETIMEDOUT: 'packets vanish: a firewall that drops, or a dead host',
  EHOSTUNREACH: 'no route to this host',
  ENETUNREACH: 'no route to this network',
  ECONNRESET: 'something on the way cuts the connection',
};

export const UNIX_MEANS: Readonly<Record<string, readonly [string, string]>> = {
  ENOENT: ['there is no such file here', 'is the daemon running, and is its folder mounted in this container?'],
  EACCES: ['this user may not write to the socket', 'look at owner, group and mode of the file and its folders'],
  ECONNREFUSED: ['the file is there, nobody listens behind it', 'the daemon has ended; it makes the file anew'],
  ENOTSOCK: ['the file is no socket', 'look at the path'],
};

/** What connecting to a unix socket says. */
export function unixFinding(path: string, error: string | undefined): Finding {
  if (error === undefined) return ok('socket', `${path} is open`);
  const [means, next] = UNIX_MEANS[error] ?? ['the socket cannot be opened'];
  return mismatch('socket', `${error} at ${path}`, means, next);
}
