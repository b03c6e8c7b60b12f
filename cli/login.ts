import { isIP } from 'node:net';
import { type Config, loadConfig } from '../src/config.ts';
import { addressOf, ask } from './client.ts';
import { command, flag, JSON_FLAG } from './command.ts';

const LOOPBACK = /^(?:127\.|localhost$|\[?::1\]?$)/;

/** Prints a link, and the same as a code to scan, that signs one browser in at the running collector's pages. */
export const run = command({
  name: 'login',
  usage: `usage: faultlayer login [options]

Prints a link that signs one browser in, once, within ten minutes; and the same as a QR code for a phone, where a phone
can reach the pages. FAULTLAYER_PUBLIC_URL says where that is.`,
  options: { qr: flag('the QR code also where the link leads to this machine only'), json: JSON_FLAG },
  exits: 'Exit code: 0 the link is printed, 2 no collector.',
  async run(values) {
    const { config } = loadConfig(process.env);
    const base = config.publicUrl ?? `${config.httpTlsCert === undefined ? 'http' : 'https'}://${addressOf(config)}`;
    const { path } = (await ask('/api/login')) as { path: string };
    const url = `${base}${path}`;
    const missing = missingFor(new URL(base), config);
    if (values.json) process.stdout.write(`${JSON.stringify({ url, missing })}\n`);
    else process.stdout.write(`${url}\n`);
    for (const line of values.json ? [] : missing) process.stderr.write(`faultlayer: ${line}\n`);
    if (values.json || (LOOPBACK.test(new URL(base).hostname) && !values.qr)) return 0;
    const { renderUnicodeCompact } = await import('./qr.ts');
    process.stdout.write(`\n${renderUnicodeCompact(url, { border: 2 })}\n`);
    return 0;
  },
});

/** What keeps a phone from these pages, or from reaching them safely; each line says what to set. */
function missingFor({ hostname, protocol }: URL, config: Config): string[] {
  if (LOOPBACK.test(hostname)) {
    const how =
      'put a proxy with TLS before the pages, or set FAULTLAYER_HTTP_HOST=0.0.0.0 with FAULTLAYER_HTTP_TLS_CERT and FAULTLAYER_HTTP_TLS_KEY';
    return [
      'this link leads to this machine itself: a phone cannot open it',
      `${how}; then FAULTLAYER_PUBLIC_URL to the address that phones use`,
    ];
  }
  const served = isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 || config.publicUrl !== undefined;
  return [
    ...(served || config.httpHosts.includes(hostname)
      ? []
      : [
          `the pages answer to no name but those they know: FAULTLAYER_PUBLIC_URL=${protocol}//${hostname} for the collector`,
        ]),
    ...(protocol === 'https:'
      ? []
      : ['the link and what is read travel unencrypted: TLS for the pages, or a proxy with it']),
  ];
}
