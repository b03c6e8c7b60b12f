import { isSpecialAddress } from '../net/addresses.ts';
import { certificates } from './certificates.ts';
import type { Context } from './context.ts';
import { exchangeFindings } from './http.ts';
import { namesOf } from './names.ts';
import { proxyFinding } from './proxy.ts';
import { type Finding, mismatch, note } from './report.ts';
import { tcpFindings, tryAll, UNIX_MEANS, unixFinding } from './sockets.ts';

/** Addresses of one name that are tried one by one. */
const ADDRESSES_MAX = 8;

const stops = (findings: readonly Finding[]): boolean => findings.some((f) => f.verdict === 'mismatch');

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
  mismatch(
    'address',
    `${what} is not a public address`,
    'a record leads there, no person',
    '--allow-private goes there',
  );

async function socketFinding({ options, answer }: Context, path: string): Promise<Finding> {
  if (!options.allowPrivate) return refused(path);
  const { status, layer, code = '' } = await answer();
  const closed = status === undefined && (layer === 'tcp' || Object.hasOwn(UNIX_MEANS, code));
  return unixFinding(path, closed ? code : undefined);
}

async function wayThere({ subject, options }: Context): Promise<Finding[]> {
  const host = subject.url.hostname.replace(/^\[|\]$/g, '');
  const { findings, addresses } = await namesOf(host, options);
  if (stops(findings))
    return subject.record?.peer === undefined
      ? findings
      : [
          ...findings,
          note(
            'then',
            `the kept call reached ${subject.record.peer}`,
            'the name is known where the service runs, not here',
            'run doctor there, or give its resolver with --resolver',
          ),
        ];
  const special = addresses.find((a) => isSpecialAddress(a.address));
  if (special && !options.allowPrivate) return [...findings, refused(special.address)];
  const port = Number(subject.url.port || (subject.url.protocol === 'https:' ? 443 : 80));
  const tried = await tryAll(addresses.slice(0, ADDRESSES_MAX), port, options.timeoutMs);
  findings.push(...tcpFindings(tried, port));
  if (stops(findings) || subject.url.protocol !== 'https:') return findings;
  for (const { address, error } of tried)
    if (error === undefined) findings.push(...(await certificates(subject.url.hostname, address, port, options)));
  return findings;
}
