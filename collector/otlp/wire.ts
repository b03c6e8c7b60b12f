/** The body is not the format it claims to be. Nothing of it is counted. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}

/** A field number the message does not have, at any wire type. */
const ANY = -1;
/** A field that is read where it is expected, so that skipping it means its tag was wrong. */
const READ = 9;

/** Wire types by field number, for `skip`: `read` are the fields a caller reads itself, `skipped` the others the message has. */
export function wireTypes(read: readonly number[], skipped: Readonly<Record<number, number>> = {}): Int8Array {
  const types = new Int8Array(32).fill(ANY);
  for (const field of read) types[field] = READ;
  for (const [field, type] of Object.entries(skipped)) types[Number(field)] = type;
  return types;
}
export const ANY_FIELDS = wireTypes([]);

/** Reads protobuf wire format inside bounds. Positions go in and come out as numbers; `value` holds what was read last. */
export class WireReader {
  buf: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(new ArrayBuffer(0));
  /** What the last varint or length was. */
  value = 0;

  /** Reads a length and checks that so many bytes follow before `end`; returns where they begin. */
  length(p: number, end: number): number {
    const first = this.buf[p]!;
    let at = p + 1;
    if (p < end && first < 128) this.value = first;
    else at = this.varint(p, end);
    if (at + this.value > end) throw new Malformed('a length reaches past the end of its message');
    return at;
  }

  /** Reads an unsigned varint into `value` (exact up to 2^53) and returns where it ends. */
  varint(p: number, end: number): number {
    let value = 0;
    let scale = 1;
    for (let at = p; at < end && at < p + 10; at++) {
      const byte = this.buf[at]!;
      value += (byte & 127) * scale;
      if (byte < 128) {
        if (at === p + 9 && byte > 1) break;
        this.value = value;
        return at + 1;
      }
      scale *= 128;
    }
    throw new Malformed('a varint does not end');
  }

  /** The signed 64-bit integer whose varint ends before `p`; for those beyond 2^53, negative ones among them. */
  signed(p: number): number {
    let bits = BigInt(this.buf[p - 1]!);
    for (let at = p - 2; this.buf[at]! > 127 && at > p - 11; at--) bits = (bits << 7n) | BigInt(this.buf[at]! & 127);
    return Number(BigInt.asIntN(64, bits));
  }

  /** Steps over one field, which must have the wire type its number has in `types`. */
  skip(p: number, end: number, types: Int8Array): number {
    let at = this.varint(p, end);
    const tag = this.value;
    const field = Math.floor(tag / 8);
    if (field === 0 || tag > 0xffffffff) throw new Malformed('a field number is invalid');
    const type = field < types.length ? types[field]! : ANY;
    if (type !== ANY && type !== tag % 8) throw new Malformed(`field ${field} has the wrong wire type`);
    switch (tag & 7) {
      case 0:
        return this.varint(at, end);
      case 1:
        at += 8;
        break;
      case 2:
        at = this.length(at, end);
        return at + this.value;
      case 5:
        at += 4;
        break;
      default:
        throw new Malformed('a wire type is not supported');
    }
    if (at > end) throw new Malformed('a field reaches past the end of its message');
    return at;
  }
}
