import { HOSTS } from './generated/hosts.ts';
import { registrableDomain } from './suffixes.ts';

const CATALOGUE: ReadonlyMap<string, string> = new Map(HOSTS);
/** Names of hosts are remembered, because a service calls few of them; the oldest makes room. */
const REMEMBERED = 512;
const remembered = new Map<string, string>();

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

/** The catalogue's name of a host; undefined if the catalogue does not know it. */
export const catalogueName = (host: string): string | undefined => longest(host, CATALOGUE);

function nameOf(host: string): string {
  if (isAddress(host) || !host.includes('.')) return host;
  return catalogueName(host) ?? registrableDomain(host);
}

/**
 * `api.provider.name` of a host: the user's override, else the longest suffix in the catalogue, else the registrable domain. IP
 * literals and single labels stay as they are.
 */
export function providerName(host: string, overrides?: ReadonlyMap<string, string>): string {
  const key = host.toLowerCase().replace(/\.$/, '').slice(0, 255);
  const own = overrides === undefined || overrides.size === 0 ? undefined : longest(key, overrides);
  if (own !== undefined) return own;
  let name = remembered.get(key);
  if (name === undefined) {
    name = nameOf(key);
    if (remembered.size >= REMEMBERED) remembered.delete(remembered.keys().next().value!);
    remembered.set(key, name);
  }
  return name;
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
