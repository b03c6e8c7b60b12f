/** More than any server sends; a header is at most 16 KiB. */
const LONGEST = 16 * 1024;
const BYTES = 2;

/** The fields of one protobuf message by number, numbers or bytes; stops where it is none. */
function* fieldsOf(bytes: Buffer): Generator<readonly [number: number, value: number | Buffer]> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; at < bytes.length && shift < 64; shift += 7) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return value;
  };
  while (at < bytes.length) {
    const tag = varint();
    const wire = tag & 7;
    if (wire !== 0 && wire !== BYTES) return;
    const value = varint();
    if (wire === BYTES && at + value > bytes.length) return;
    yield [tag >>> 3, wire === BYTES ? bytes.subarray(at, at + value) : value];
    if (wire === BYTES) at += value;
  }
}

const bytesIn = (message: Buffer | undefined, wanted: number): Buffer | undefined => {
  for (const [number, value] of message === undefined ? [] : fieldsOf(message))
    if (number === wanted && typeof value !== 'number') return value;
  return undefined;
};

/** Of a google.protobuf.Duration: seconds, and nanoseconds. */
function secondsIn(duration: Buffer | undefined): number | undefined {
  if (duration === undefined) return undefined;
  let seconds = 0;
  for (const [number, value] of fieldsOf(duration)) seconds += number === 1 ? Number(value) : Number(value) / 1e9;
  return seconds;
}

/**
 * What stands there beside code and message: google.rpc.ErrorInfo's reason (`API_DISABLED`), RetryInfo's seconds, RequestInfo's ID.
 * @param header `grpc-status-details-bin`: a google.rpc.Status in base64, padded or not
 */
export function detailsOf(header: string | undefined) {
  const details: { reason?: string | undefined; retryAfter?: number | undefined; requestId?: string | undefined } = {};
  if (header === undefined || header.length > LONGEST) return details;
  for (const [number, any] of fieldsOf(Buffer.from(header, 'base64'))) {
    if (number !== 3 || typeof any === 'number') continue;
    const type = bytesIn(any, 1)?.toString('latin1') ?? '';
    const first = bytesIn(bytesIn(any, 2), 1);
    if (type.endsWith('/google.rpc.ErrorInfo')) details.reason ??= first?.toString('utf8');
    else if (type.endsWith('/google.rpc.RetryInfo')) details.retryAfter ??= secondsIn(first);
    else if (type.endsWith('/google.rpc.RequestInfo')) details.requestId ??= first?.toString('utf8');
  }
  return details;
}
