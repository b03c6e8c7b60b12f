/**
 * A throw-away certificate authority: X.509 v3 certificates (RFC 5280) written as DER with `node:crypto`, so that the example speaks real TLS,
 * and one certificate can really expire while you watch, on a machine without openssl.
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';

const der = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const length = body.length < 0x100 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...parts: Uint8Array[]) => der(0x30, ...parts);
const set = (...parts: Uint8Array[]) => der(0x31, ...parts);
const integer = (bytes: Uint8Array) => der(0x02, bytes);
const octets = (bytes: Uint8Array) => der(0x04, bytes);
const bits = (bytes: Uint8Array) => der(0x03, Buffer.from([0]), bytes);
const utf8 = (text: string) => der(0x0c, Buffer.from(text));
const yes = der(0x01, Buffer.from([0xff]));

const oid = (dotted: string): Buffer => {
  const [a, b, ...rest] = dotted.split('.').map(Number) as [number, number, ...number[]];
  const bytes = [a * 40 + b];
  for (const n of rest) {
    const groups = [n & 0x7f];
    for (let m = n >> 7; m > 0; m >>= 7) groups.unshift((m & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return der(0x06, Buffer.from(bytes));
};

/** RFC 5280 §4.1.2.5: UTCTime to 2049, GeneralizedTime after. */
const time = (date: Date): Buffer => {
  const text = `${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  return date.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text));
};

const name = (commonName: string) => sequence(set(sequence(oid('2.5.4.3'), utf8(commonName))));
const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));
const extension = (id: string, critical: boolean, value: Buffer) =>
  sequence(oid(id), ...(critical ? [yes] : []), octets(value));
const keyId = (spki: Buffer) => createHash('sha1').update(spki).digest();

export interface Identity {
  /** PEM, leaf first, as `node:tls` wants it. */
  readonly cert: string;
  readonly key: string;
  readonly notAfter: Date;
}
interface Signer {
  readonly commonName: string;
  readonly key: KeyObject;
  readonly spki: Buffer;
}

function certificate(subject: string, hosts: readonly string[], notAfter: Date, spki: Buffer, signer: Signer): string {
  const isAuthority = hosts.length === 0;
  const dnsNames = hosts.map((host) => der(0x82, Buffer.from(host)));
  const extensions = isAuthority
    ? [
        extension('2.5.29.19', true, sequence(yes)),
        extension('2.5.29.15', true, der(0x03, Buffer.from([1, 0x06]))), // keyCertSign, cRLSign
        extension('2.5.29.14', false, octets(keyId(spki))),
      ]
    : [
        extension('2.5.29.19', true, sequence()),
        extension('2.5.29.15', true, der(0x03, Buffer.from([7, 0x80]))), // digitalSignature
        extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))), // serverAuth
        extension('2.5.29.17', false, sequence(...dnsNames)),
        extension('2.5.29.35', false, sequence(der(0x80, keyId(signer.spki)))),
      ];
  const notBefore = new Date(Math.min(Date.now(), notAfter.getTime()) - 86_400_000);
  const serial = randomBytes(12);
  serial[0] = (serial[0]! & 0x7f) | 0x40; // positive, and never a leading zero
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaWithSha256,
    name(signer.commonName),
    sequence(time(notBefore), time(notAfter)),
    name(subject),
    spki,
    der(0xa3, sequence(...extensions)),
  );
  return new X509Certificate(sequence(body, ecdsaWithSha256, bits(sign('sha256', body, signer.key)))).toString();
}

const newKey = () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return { key: privateKey, spki: publicKey.export({ type: 'spki', format: 'der' }) };
};

export interface Authority {
  /** PEM, for `NODE_EXTRA_CA_CERTS`. */
  readonly cert: string;
  issue(hosts: readonly [string, ...string[]], notAfter: Date): Identity;
}

/** A new authority; its key never leaves this process. */
export function createAuthority(commonName = 'faultlayer example CA'): Authority {
  const own = newKey();
  const signer: Signer = { commonName, ...own };
  const cert = certificate(commonName, [], new Date(Date.now() + 30 * 86_400_000), own.spki, signer);
  return {
    cert,
    issue(hosts, notAfter) {
      const { key, spki } = newKey();
      return {
        cert: certificate(hosts[0], hosts, notAfter, spki, signer),
        key: key.export({ type: 'pkcs8', format: 'pem' }) as string,
        notAfter,
      };
    },
  };
}
