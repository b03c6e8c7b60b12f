import { selfHosted } from './fingerprints.ts';
import { HOSTS } from './generated/hosts.ts';
import { registrableDomain } from './suffixes.ts';

const CATALOGUE = new Map<string, string>(HOSTS);
/** Names of hosts are remembered, because a service calls few of them; the oldest makes room. */
const REMEMBERED = 512;
const remembered = new Map<string, Known>();
/** The same by the host as the application writes it, once its name is final: asked for every call. */
const asWritten = new Map<string, Known>();

const isAddress = (host: string): boolean =>
  host.startsWith('[') || host.includes(':') || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host);

/** The longest row that is the host itself or a suffix of it at a label boundary. */
function longest(host: string, rows: ReadonlyMap<string, string>): string | undefined {
  const exact = rows.get(host) ?? rows.get(`.${host}`);
  if (exact !== undefined) return exact;
  for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
    const name = rows.get(host.slice(dot));
    if (name !== undefined) return name;
  }
  return undefined;
}

/** Puts hosts of the application's own before the catalogue's. What was remembered of earlier names is forgotten. */
export function addHosts(hosts: readonly string[], name: string): void {
  for (const host of hosts) CATALOGUE.set(host.toLowerCase(), name);
  remembered.clear();
  asWritten.clear();
}

/** The catalogue's name of a host; undefined if the catalogue does not know it. */
export const catalogueName = (host: string): string | undefined => longest(host, CATALOGUE);

/** What is known of a host: its name, and whether its answers may still tell a better one. */
interface Known {
  name: string;
  /** Answers that may still be asked what product gave them; 0 once the name is final. */
  asks: number;
}

const ASKS = 8;

function lookUp(host: string): Known {
  const listed = catalogueName(host);
  if (listed === undefined && (isAddress(host) || !host.includes('.'))) return { name: host, asks: 0 };
  return listed === undefined ? { name: registrableDomain(host), asks: ASKS } : { name: listed, asks: 0 };
}

/**
 * `api.provider.name` of a host: the user's override, else the longest suffix in the catalogue, else the product that the headers of
 * its first answers give away (a self-hosted GitLab), else the registrable domain. IP literals and single labels stay as they are.
 * @param headerNames of an answer, in lower case, if there is one; only asked for while they can still tell something
 */
export function providerName(
  host: string,
  overrides?: ReadonlyMap<string, string>,
  headerNames?: Iterable<string> | (() => Iterable<string>),
): string {
  const hasOwn = overrides !== undefined && overrides.size > 0;
  const same = hasOwn ? undefined : asWritten.get(host);
  if (same !== undefined && same.asks === 0) return same.name;
  const key = host.toLowerCase().replace(/\.$/, '').slice(0, 255);
  const own = hasOwn ? longest(key, overrides) : undefined;
  if (own !== undefined) return own;
  let known = remembered.get(key);
  if (known === undefined) {
    known = lookUp(key);
    if (remembered.size >= REMEMBERED) remembered.delete(remembered.keys().next().value!);
    remembered.set(key, known);
  }
  if (known.asks > 0 && headerNames !== undefined) {
    const product = selfHosted(typeof headerNames === 'function' ? headerNames() : headerNames);
    known.asks = product === undefined ? known.asks - 1 : 0;
    known.name = product ?? known.name;
  }
  if (known.asks === 0 && host.length <= 255) {
    if (asWritten.size >= REMEMBERED) asWritten.clear();
    asWritten.set(host, known);
  }
  return known.name;
}

/** Reads `billing.internal=billing,.corp.example=intranet`. Throws a sentence for a row that cannot be used. */
export function parseProviders(text: string): ReadonlyMap<string, string> {
  const rows = new Map<string, string>();
  for (const row of text.split(',')) {
    if (row.trim() === '') continue;
    const [host = '', name = '', extra] = row.split('=').map((part) => part.trim());
    if (!/^\.?[\w.:[\]-]{1,255}$/.test(host) || !/^[\w.:-]{1,64}$/.test(name) || extra !== undefined)
      throw new Error('must be host=name pairs, such as billing.internal=billing,.corp.example=intranet');
    rows.set(host.toLowerCase(), name);
  }
  return rows;
}
