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
export function registrableDomain(host: string): string {
  const labels = host.split('.');
  let from = labels.length - 2;
  while (from > 0 && SUFFIXES.has(labels.slice(from).join('.'))) from--;
  return labels.slice(Math.max(from, 0)).join('.');
}
