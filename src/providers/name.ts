import { Memory } from '../memo.ts';
import hosts from './data/hosts.json' with { type: 'json' };
import { selfHosted } from './fingerprints.ts';

/** Host, or suffix that starts with a dot → provider. */
const CATALOGUE: ReadonlyMap<string, string> = new Map(
  Object.entries<readonly string[]>(hosts).flatMap(([provider, of]) => of.map((host) => [host, provider] as const)),
);

const isAddress = (host: string): boolean =>
  host.startsWith('[') || host.includes(':') || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host);

/** The longest row that is the host itself or a suffix of it at a label boundary. */
export function longest(host: string, rows: ReadonlyMap<string, string>): string | undefined {
  const exact = rows.get(host) ?? rows.get(`.${host}`);
  if (exact !== undefined) return exact;
  for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
    const name = rows.get(host.slice(dot));
    if (name !== undefined) return name;
  }
  return undefined;
}

/** The catalogue's name of a host; undefined if the catalogue does not know it. */
export const catalogueName = (host: string): string | undefined => longest(host, own().catalogue);

/** What is known of a host: its name, and whether its answers may still tell a better one. */
interface Known {
  name: string;
  /** Answers that may still be asked what product gave them; 0 once the name is final. */
  asks: number;
}
/** The catalogue with the application's own hosts; names by the host as it is written: a service calls few, and every call asks. */
const own = Memory.part(() => ({ catalogue: CATALOGUE, known: new Map<string, Known>() }));
const REMEMBERED = 512;
const ASKS = 8;
const LONGEST = 255;

/** Puts hosts of the application's own before the catalogue's. What was remembered of earlier names is forgotten. */
export function addHosts(hosts: readonly string[], name: string): void {
  const { catalogue } = own();
  const added = hosts.map((host) => [host.toLowerCase(), name] as const);
  Object.assign(own(), { catalogue: new Map([...catalogue, ...added]), known: new Map() });
}

const normal = (host: string): string => host.toLowerCase().replace(/\.$/, '').slice(0, LONGEST);

function lookUp(written: string): Known {
  const host = normal(written);
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
  headerNames?: () => readonly string[],
): string {
  const stated = overrides !== undefined && overrides.size > 0 ? longest(normal(host), overrides) : undefined;
  if (stated !== undefined) return stated;
  const { known } = own();
  let it = known.get(host);
  if (it === undefined) {
    it = lookUp(host);
    if (known.size >= REMEMBERED) known.delete(known.keys().next().value!);
    if (host.length <= LONGEST) known.set(host, it);
  }
  if (it.asks > 0 && headerNames !== undefined) {
    const product = selfHosted(headerNames());
    it.asks = product === undefined ? it.asks - 1 : 0;
    it.name = product ?? it.name;
  }
  return it.name;
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

/**
 * Suffixes under which anybody may register a name: a small part of the Public Suffix List (publicsuffix.org), the second-level
 * registries of large country domains and the platforms that give every customer a host. Everything else counts its last two labels.
 */
const COUNTRY: Readonly<Record<string, string>> = {
  ac: 'uk jp nz th kr id',
  co: 'uk jp nz za in kr th id il ke tz ug zw bw cr ve',
  com: 'au br cn mx tr tw hk sg my ar co ph vn ua pl pe ec eg sa ng pk bd uy ve py bo gt do sv ni pa pr gh cy mt lb kw qa om bh np lk',
  edu: 'au br cn mx tr tw hk sg my ar co ph vn ua pl pe',
  go: 'jp kr th id ke',
  gob: 'mx ar pe ec es cl',
  gov: 'uk au br cn tr tw hk sg my ar co ph vn ua in za il',
  ne: 'jp kr',
  net: 'au br cn mx tr tw hk sg my ar nz ua in pl',
  or: 'jp kr th id at',
  org: 'uk au br cn mx tr tw hk sg my ar nz za in il ua pl',
  ltd: 'uk',
  plc: 'uk',
  me: 'uk',
  govt: 'nz',
};

const PLATFORM =
  'amplifyapp.com appspot.com azure-api.net azurecontainerapps.io azurefd.net azurewebsites.net cloudapp.net cloudfront.net cloudfunctions.net ' +
  'elasticbeanstalk.com fly.dev github.io gitlab.io herokuapp.com herokussl.com myfritz.net netlify.app ngrok.io ngrok-free.app ngrok.app ' +
  'onrender.com pages.dev railway.app repl.co replit.app run.app surge.sh trafficmanager.net trycloudflare.com up.railway.app vercel.app ' +
  'web.app workers.dev duckdns.org nip.io sslip.io deno.dev firebaseapp.com blogspot.com';

const SUFFIXES: ReadonlySet<string> = new Set([
  ...Object.entries(COUNTRY).flatMap(([second, tlds]) => tlds.split(' ').map((tld) => `${second}.${tld}`)),
  ...PLATFORM.split(' '),
]);

/** The registrable domain of a DNS name: one label more than its public suffix. */
function registrableDomain(host: string): string {
  const labels = host.split('.');
  let from = labels.length - 2;
  while (from > 0 && SUFFIXES.has(labels.slice(from).join('.'))) from--;
  return labels.slice(Math.max(from, 0)).join('.');
}
