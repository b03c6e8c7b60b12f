import type { Origin } from './target.ts';

function origin(scheme: string, host: string, port: number): Origin {
  const name = host.includes(':') ? `[${host}]` : host;
  const standard = port === (scheme === 'https' ? 443 : 80);
  return { scheme, host, port, text: `${scheme}://${name}${standard ? '' : `:${port}`}`, targets: new Map() };
}

const LIMIT = 1000;
const cache = new Map<string, Origin>();
const UNKNOWN = origin('', '', 0);

const parse = (text: string): Origin => {
  try {
    const { protocol, hostname, port } = new URL(text);
    const scheme = protocol.slice(0, -1);
    const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
    return origin(scheme, host, port === '' ? (scheme === 'https' ? 443 : 80) : Number(port));
  } catch {
    // an address that no URL can have
    return UNKNOWN;
  }
};

function remembered(key: string, make: () => Origin): Origin {
  let known = cache.get(key);
  if (!known) {
    known = make();
    if (cache.size >= LIMIT) cache.clear();
    cache.set(key, known);
  }
  return known;
}

/** `https://[::1]:8443` → `https`, `::1`, 8443. */
export function originOf(origin: unknown): Origin {
  const key = typeof origin === 'string' ? origin : String(origin);
  return cache.get(key) ?? remembered(key, () => parse(key));
}

/** An origin whose parts are known already. */
export function originOfParts(scheme: string, host: string, port: number): Origin {
  return remembered(`${scheme} ${host} ${port}`, () => origin(scheme, host, port));
}

/** Scheme and authority of an absolute-form request target (RFC 9112 §3.2.2). */
export function originOfTarget(target: string): Origin {
  const end = target.indexOf('/', target.indexOf('//') + 2);
  return originOf(end < 0 ? target : target.slice(0, end));
}
