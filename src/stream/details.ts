/** What `grpc-status-details-bin` may hold beside code and message: google.rpc.ErrorInfo, RetryInfo and RequestInfo. */
export interface RpcDetails {
  /** ErrorInfo: `API_DISABLED`. */
  reason?: string | undefined;
  /** RetryInfo, seconds. */
  retryAfter?: number | undefined;
  requestId?: string | undefined;
}

/** More than any server sends; a header is at most 16 KiB. */
const LONGEST = 16 * 1024;
const BYTES = 2;

interface Field {
  readonly number: number;
  readonly value: number;
  readonly bytes: Buffer;
}
const NONE = Buffer.alloc(0);

/** The fields of one protobuf message; stops where it is none. */
function* fieldsOf(bytes: Buffer): Generator<Field> {
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
    yield { number: tag >>> 3, value, bytes: wire === BYTES ? bytes.subarray(at, at + value) : NONE };
    if (wire === BYTES) at += value;
  }
}

const bytesIn = (message: Buffer, number: number): Buffer | undefined => {
  for (const field of fieldsOf(message)) if (field.number === number) return field.bytes;
  return undefined;
};

function delayOf(retryInfo: Buffer): number | undefined {
  const duration = bytesIn(retryInfo, 1);
  if (duration === undefined) return undefined;
  let seconds = 0;
  for (const { number, value } of fieldsOf(duration)) seconds += number === 1 ? value : value / 1e9;
  return seconds;
}

/** Of one `google.protobuf.Any`: the message's name and its bytes. */
export function addDetail(details: RpcDetails, type: string, bytes: Buffer): void {
  const name = type.slice(type.lastIndexOf('/') + 1);
  if (name === 'google.rpc.ErrorInfo') details.reason ??= bytesIn(bytes, 1)?.toString('utf8');
  else if (name === 'google.rpc.RetryInfo') details.retryAfter ??= delayOf(bytes);
  else if (name === 'google.rpc.RequestInfo') details.requestId ??= bytesIn(bytes, 1)?.toString('utf8');
}

/** @param header `grpc-status-details-bin`: a google.rpc.Status in base64, padded or not */
export function detailsOf(header: string | undefined): RpcDetails {
  const details: RpcDetails = {};
  if (header === undefined || header.length > LONGEST) return details;
  for (const { number, bytes } of fieldsOf(Buffer.from(header, 'base64'))) {
    if (number !== 3) continue;
    const type = bytesIn(bytes, 1)?.toString('latin1');
    const value = bytesIn(bytes, 2);
    if (type !== undefined && value !== undefined) addDetail(details, type, value);
  }
  return details;
}
