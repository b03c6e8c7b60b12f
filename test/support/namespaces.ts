import { execFileSync, spawnSync } from 'node:child_process';

export interface TwoHosts extends Disposable {
  /** Namespaces to run commands in with `ip netns exec <name> …`. */
  readonly client: string;
  readonly server: string;
  readonly serverAddress: string;
}

/** Why network namespaces cannot be made here, or undefined. */
export function namespacesMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'not root';
  const name = `fl-probe-${process.pid}`;
  const made = spawnSync('ip', ['netns', 'add', name]);
  if (made.error !== undefined) return 'ip (iproute2) is not installed';
  if (made.status !== 0) return String(made.stderr).trim();
  spawnSync('ip', ['netns', 'del', name]);
  return undefined;
}

/**
 * Two hosts joined by a cable that loses packets above `mtu` on the server’s side without a word: what a tunnel with filtered ICMP does.
 * The server announces a larger segment size than it can take (`advmss`), and the client’s kernel does not cut segments itself.
 */
export function blackHole(mtu: number): TwoHosts {
  const id = `${process.pid}`;
  const [client, server] = [`fl-c-${id}`, `fl-s-${id}`];
  const [c, s] = [`flc${id}`.slice(0, 15), `fls${id}`.slice(0, 15)];
  const ip = (...args: string[]): void => void execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const hosts: TwoHosts = {
    client,
    server,
    serverAddress: '10.99.0.2',
    [Symbol.dispose]: () => {
      for (const name of [client, server]) spawnSync('ip', ['netns', 'del', name]);
    },
  };
  try {
    for (const name of [client, server]) ip('netns', 'add', name);
    ip('link', 'add', c, 'netns', client, 'type', 'veth', 'peer', 'name', s, 'netns', server);
    ip('-n', client, 'addr', 'add', '10.99.0.1/24', 'dev', c);
    ip('-n', server, 'addr', 'add', '10.99.0.2/24', 'dev', s);
    ip('-n', client, 'link', 'set', c, 'gso_max_segs', '1', 'up');
    ip('-n', server, 'link', 'set', s, 'mtu', String(mtu), 'up');
    ip(
      '-n',
      server,
      'route',
      'replace',
      '10.99.0.0/24',
      'dev',
      s,
      'proto',
      'kernel',
      'scope',
      'link',
      'src',
      '10.99.0.2',
      'advmss',
      '1460',
    );
    return hosts;
  } catch (error) {
    hosts[Symbol.dispose]();
    throw error;
  }
}
