import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

/** X.509 certificates made on the spot (RFC 5280), so that no key lies in the repository and no openssl is needed. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}
export interface CertificateOptions {
  readonly name: string;
  /** DNS names and IPv4 addresses. */
  readonly names?: readonly string[];
  readonly ca?: boolean;
  /** Seconds from now. */
  readonly from?: number;
  readonly until?: number;
  readonly issuer?: Certificate & { readonly name: string };
}

const der = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const length =
    body.length < 128
      ? [body.length]
      : body.length < 256
        ? [0x81, body.length]
        : body.length < 65_536
          ? [0x82, body.length >> 8, body.length & 255]
          : [0x83, body.length >> 16, (body.length >> 8) & 255, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...parts: Uint8Array[]) => der(0x30, ...parts);
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const ECDSA_SHA256 = sequence(oid('2a8648ce3d040302'));
const nameOf = (common: string) => sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(common)))));
const time = (seconds: number) =>
  der(0x18, Buffer.from(`${new Date(Date.now() + seconds * 1000).toISOString().replace(/[-:T]|\.\d+/g, '')}`));
const extension = (id: string, value: Buffer) => sequence(oid(id), der(0x04, value));
const general = (name: string) =>
  isIP(name) ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name));

const pem = (bytes: Buffer) =>
  `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;

/** A P-256 certificate, self-signed unless an issuer is given. */
export function makeCertificate(options: CertificateOptions): Certificate & { readonly name: string } {
  const { name, names = [], ca = false, from = -86_400, until = 86_400, issuer } = options;
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const extensions = [
    ...(ca ? [extension('551d13', sequence(der(0x01, Buffer.from([0xff]))))] : []),
    ...(names.length > 0 ? [extension('551d11', sequence(...names.map(general)))] : []),
  ];
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_SHA256,
    nameOf(issuer?.name ?? name),
    sequence(time(from), time(until)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length > 0 ? [der(0xa3, sequence(...extensions))] : []),
  );
  const signer: KeyObject = issuer ? createPrivateKey(issuer.key) : privateKey;
  const signature = sign('sha256', body, signer);
  const cert = pem(sequence(body, ECDSA_SHA256, der(0x03, Buffer.from([0]), signature)));
  return { name, cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
}
