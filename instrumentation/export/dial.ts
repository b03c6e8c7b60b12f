import type { Socket } from 'node:net';
import { builtin } from '../base/builtin.ts';
import { suppressed } from '../span/context.ts';
import type { Endpoint } from './endpoint.ts';

/** Looking up this name takes longer than a short process lives, and gives these. */
const LOCALHOST = ['127.0.0.1', '::1'] as const;

/**
 * Starts a connection to each address that the endpoint's host may have: the first that answers is used.
 * @param known the address that answered last
 */
export function dial(
  { url, tls }: Pick<Endpoint, 'url' | 'tls'>,
  secure: boolean,
  known: string | undefined,
): Socket[] {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port) || (secure ? 443 : 80);
  const { isIP, connect } = builtin('node:net');
  const addresses = /^localhost\.?$/i.test(host) ? (known ? [known] : LOCALHOST) : [host];
  const named = isIP(host) === 0 && { servername: host };
  return suppressed(() =>
    addresses.map((address) =>
      secure
        ? builtin('node:tls').connect({ host: address, port, ...named, ALPNProtocols: ['http/1.1'], ...tls })
        : connect({ host: address, port }),
    ),
  );
}
