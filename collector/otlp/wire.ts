/** The body is not the format it claims to be. Nothing of it is counted. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}

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

  /** Steps over one field. */
  skip(p: number, end: number): number {
    let at = this.varint(p, end);
    const tag = this.value;
    if (tag < 8 || tag > 0xffffffff) throw new Malformed('a field number is invalid');
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
