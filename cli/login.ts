import { isIP } from 'node:net';
import { loadConfig } from '../src/config.ts';
import { ask, pagesOf } from './client.ts';
import { command, JSON_FLAG, output, say } from './command.ts';

const LOOPBACK = /^(?:127\.|localhost$|\[?::1\]?$)/;

/** Prints a link, and the same as a code to scan, that signs one browser in at the running collector's pages. */
export const run = command({
  name: 'login',
  usage: `usage: faultlayer login [options]

Prints a link that signs one browser in, once, within ten minutes. Where a phone can reach the pages, it also prints a
QR code. The collector's FAULTLAYER_PUBLIC_URL says where that is; the same variable here wins.`,
  options: { json: JSON_FLAG },
  exits: 'Exit code: 0 the link is printed, 2 no collector.',
  async run(values) {
    const { config } = loadConfig(process.env);
    const { path, publicUrl } = (await ask('/api/login')) as { path: string; publicUrl?: string };
    const url = new URL(path, config.publicUrl ?? publicUrl ?? pagesOf(config));
    const known = [...config.httpHosts, URL.parse(publicUrl ?? '')?.hostname];
    const missing = missingFor(url, known);
    output(values, { url: url.href, missing }, () => `${url.href}\n`);
    if (values.json) return 0;
    for (const line of missing) say(line);
    if (LOOPBACK.test(url.hostname)) return 0;
    const { renderUnicodeCompact } = await import('./bundled.ts');
    process.stdout.write(`\n${renderUnicodeCompact(url.href, { border: 2 })}\n`);
    return 0;
  },
});

/** What keeps a phone from these pages, or from reaching them safely; each line says what to set. */
function missingFor({ hostname, protocol }: URL, known: readonly (string | undefined)[]): string[] {
  if (LOOPBACK.test(hostname))
    return [
      'this link leads to this machine itself: a phone cannot open it',
      'put a proxy with TLS before the pages, or set FAULTLAYER_HTTP_HOST=0.0.0.0 with FAULTLAYER_HTTP_TLS_CERT and FAULTLAYER_HTTP_TLS_KEY; ' +
        'then give the collector FAULTLAYER_PUBLIC_URL, the address that phones use',
    ];
  const served = isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 || known.includes(hostname);
  const missing = served
    ? []
    : [`the pages do not answer to this name: give the collector FAULTLAYER_PUBLIC_URL=${protocol}//${hostname}`];
  if (protocol === 'https:') return missing;
  return [...missing, 'the link and what is read travel unencrypted: TLS for the pages, or a proxy with it'];
}
