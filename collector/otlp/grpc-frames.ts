import { Refusal } from './status.ts';

/** gRPC over HTTP/2, "Length-Prefixed-Message": a compressed flag, four bytes of length, the message. */
const PREFIX = 5;

export interface Message {
  readonly bytes: Buffer;
  readonly gzip: boolean;
}

/** The one message of a unary request. Throws Refusal. */
export function messageOf(body: Buffer, encoding: string | undefined): Message {
  if (body.length < PREFIX || body.length - PREFIX !== body.readUInt32BE(1))
    throw new Refusal(400, 'a unary request holds one message, with its length');
  const compressed = body[0] === 1;
  if (compressed && encoding !== 'gzip') throw new Refusal(415, 'grpc-encoding must be gzip or identity');
  return { bytes: body.subarray(PREFIX), gzip: compressed };
}

/** An answer's message, not compressed. */
export function frame(message: Uint8Array): Buffer {
  const framed = Buffer.alloc(PREFIX + message.length);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, PREFIX);
  return framed;
}

const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** `grpc-timeout` in milliseconds; undefined when there is none. */
export function timeoutMs(header: string | undefined): number | undefined {
  const [, amount, unit] = /^(\d{1,8})([HMSmun])$/.exec(header ?? '') ?? [];
  return amount === undefined ? undefined : Number(amount) * UNIT_MS[unit!]!;
}

/** `grpc-message`: everything but printable ASCII, and the percent sign, as %XX of its UTF-8 bytes. */
export const messageText = (text: string): string =>
  Array.from(new TextEncoder().encode(text), (byte) =>
    byte >= 0x20 && byte <= 0x7e && byte !== 0x25
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('');
