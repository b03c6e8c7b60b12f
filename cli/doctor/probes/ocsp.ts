import { verify, X509Certificate } from 'node:crypto';

/** What a stapled OCSP response (RFC 6960) says about one certificate. */
export interface Revocation {
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly thisUpdate: Date;
  /** Newer information is there from then on; absent: at any time. */
  readonly nextUpdate?: Date;
  readonly revokedAt?: Date;
  /** Signed by the issuer, or by a responder that it certified for this. */
  readonly signed: boolean;
}

interface Element {
  readonly tag: number;
  readonly body: Buffer;
  /** With tag and length. */
  readonly whole: Buffer;
}

class Damaged extends Error {}

/** The elements of a constructed DER value (X.690 §8.1). */
function elements(bytes: Buffer): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at]!;
    let from = at + 2;
    let size = bytes[at + 1] ?? 0;
    if (size > 127) {
      const octets = size & 127;
      if (octets < 1 || octets > 3 || from + octets > bytes.length) throw new Damaged('a length');
      size = bytes.readUIntBE(from, octets);
      from += octets;
    }
    if (from + size > bytes.length) throw new Damaged('cut off');
    found.push({ tag, body: bytes.subarray(from, from + size), whole: bytes.subarray(at, from + size) });
    at = from + size;
  }
  return found;
}
const need = (list: readonly Element[], index: number, tag?: number): Element => {
  const element = list[index];
  if (element === undefined || (tag !== undefined && element.tag !== tag)) throw new Damaged(`element ${index}`);
  return element;
};

const SEQUENCE = 0x30;
const TIME = 0x18;
const OCTETS = 0x04;
const STATUS = new Map([
  [0x80, 'good'],
  [0xa1, 'revoked'],
  [0x82, 'unknown'],
] as const);

/** GeneralizedTime, `20260131123456Z`. */
function timeOf(element: Element): Date {
  const text = element.body.toString('latin1');
  const m = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z$/.exec(text);
  if (element.tag !== TIME || m === null) throw new Damaged('a time');
  const [, y, mo, d, h, mi, s] = m.map(Number);
  return new Date(Date.UTC(y!, mo! - 1, d, h, mi, s));
}

/** Signature algorithms of public CAs, by their OID’s bytes in hexadecimal (RFC 4055, RFC 5758). */
const DIGEST: Readonly<Record<string, string>> = {
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
};
/** id-kp-OCSPSigning (RFC 6960 §4.2.2.2). */
const MAY_SIGN = '1.3.6.1.5.5.7.3.9';

/** Reads a stapled response about `certificate`; a sentence where it says nothing about it. */
export function readOcsp(
  response: Buffer,
  certificate: X509Certificate,
  issuer: X509Certificate | undefined,
): Revocation | string {
  try {
    const [status, wrapped] = elements(need(elements(response), 0, SEQUENCE).body);
    if (status?.body[0] !== 0) return `the responder answered with error ${status?.body[0]}`;
    const bytes = need(elements(need([wrapped!], 0, 0xa0).body), 0, SEQUENCE);
    const basic = elements(need(elements(need(elements(bytes.body), 1, OCTETS).body), 0, SEQUENCE).body);
    const data = need(basic, 0, SEQUENCE);
    const parts = elements(data.body).filter(({ tag }) => tag !== 0xa0);
    const single = elements(need(parts, 2, SEQUENCE).body).find((one) => serialOf(one) === certificate.serialNumber);
    if (single === undefined) return 'it is about another certificate';
    return { ...saidBy(single), signed: issuer !== undefined && isSigned(basic, data.whole, issuer) };
  } catch (error) {
    if (error instanceof Damaged) return `it cannot be read: ${error.message}`;
    throw error;
  }
}

/** Of CertID, which comes first in a SingleResponse: upper-case hexadecimal without a leading zero octet, as Node writes serial numbers. */
function serialOf(single: Element): string {
  const id = elements(need(elements(single.body), 0, SEQUENCE).body);
  const hex = need(id, 3, 0x02).body.toString('hex').toUpperCase();
  return hex.replace(/^00(?=.)/, '');
}

function saidBy(single: Element): Omit<Revocation, 'signed'> {
  const [, said, thisUpdate, ...rest] = elements(single.body);
  const status = STATUS.get((said?.tag ?? 0) as 0x80);
  if (status === undefined || thisUpdate === undefined) throw new Damaged('the status');
  const next = rest.find(({ tag }) => tag === 0xa0);
  return {
    status,
    thisUpdate: timeOf(thisUpdate),
    ...(next === undefined ? {} : { nextUpdate: timeOf(need(elements(next.body), 0)) }),
    ...(status === 'revoked' ? { revokedAt: timeOf(need(elements(said!.body), 0)) } : {}),
  };
}

function isSigned(basic: readonly Element[], data: Buffer, issuer: X509Certificate): boolean {
  const oid = need(elements(need(basic, 1, SEQUENCE).body), 0, 0x06).body.toString('hex');
  const digest = DIGEST[oid];
  const signature = need(basic, 2, 0x03).body.subarray(1);
  if (digest === undefined) return false;
  const sent = basic[3] === undefined ? [] : elements(need(elements(basic[3].body), 0, SEQUENCE).body);
  try {
    const responders = sent
      .map(({ whole }) => new X509Certificate(whole))
      .filter((c) => c.keyUsage?.includes(MAY_SIGN) && c.verify(issuer.publicKey));
    return [issuer, ...responders].some(({ publicKey }) => verify(digest, data, publicKey, signature));
  } catch {
    // OpenSSL's own parser is stricter than the reader above
    return false;
  }
}
