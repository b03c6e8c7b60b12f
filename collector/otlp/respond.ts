import type { IncomingMessage, ServerResponse } from 'node:http';

export type Encoding = 'protobuf' | 'json';

export const CONTENT_TYPE: Readonly<Record<Encoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** google.rpc.Code by HTTP status, for Status bodies. */
const CODE: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  405: 12,
  408: 4,
  413: 8,
  415: 3,
  429: 8,
  500: 13,
  503: 14,
};
const text = new TextEncoder();

const varint = (value: number): number[] => {
  const out: number[] = [];
  let v = value;
  for (; v > 127; v = Math.floor(v / 128)) out.push((v % 128) | 128);
  return [...out, v];
};
const field = (tag: number, bytes: ArrayLike<number>): number[] => [tag, ...varint(bytes.length), ...Array.from(bytes)];

/** Of a request accepted whole: an empty message. */
const ACCEPTED: Readonly<Record<Encoding, string>> = { protobuf: '', json: '{}' };

/**
 * Answers 200 with an ExportTraceServiceResponse; `partialSuccess` is left out when everything was accepted (OTLP specification).
 * Short text goes out in one write with the headers; bytes, even none, take a second one.
 */
export function accept(res: ServerResponse, encoding: Encoding, rejected: number, message: string): void {
  const body = rejected === 0 ? ACCEPTED[encoding] : partialSuccess(encoding, rejected, message);
  res.writeHead(200, { 'content-type': CONTENT_TYPE[encoding], 'content-length': body.length });
  if (body.length === 0) res.end();
  else res.end(body);
}

function partialSuccess(encoding: Encoding, rejected: number, message: string): Uint8Array {
  if (encoding === 'json')
    return text.encode(JSON.stringify({ partialSuccess: { rejectedSpans: String(rejected), errorMessage: message } }));
  return Uint8Array.from(field(0x0a, [0x08, ...varint(rejected), ...field(0x12, text.encode(message))]));
}

/** A google.rpc.Status in the caller's encoding. */
export function statusBody(encoding: Encoding, httpStatus: number, message: string): Uint8Array {
  const code = CODE[httpStatus] ?? 2;
  if (encoding === 'json') return text.encode(JSON.stringify({ code, message }));
  return Uint8Array.from([0x08, code, ...field(0x12, text.encode(message))]);
}

/** A sender that is still writing gets this long, and this much is thrown away, before the connection is closed on it. */
const LINGER_MS = 500;
const LINGER_BYTES = 1024 * 1024;

/**
 * Sends a refusal. When the body has not been read, what still comes is thrown away for a moment: closing at once would reset the
 * connection, and the sender would see that instead of the status.
 */
export function refuse(
  req: IncomingMessage,
  res: ServerResponse,
  encoding: Encoding,
  status: number,
  message: string,
  extra: Record<string, string> = {},
): void {
  const body = statusBody(encoding, status, message);
  const closing = req.complete ? {} : { connection: 'close' };
  res.writeHead(status, {
    'content-type': CONTENT_TYPE[encoding],
    'content-length': body.length,
    ...closing,
    ...extra,
  });
  if (req.complete) {
    res.end(body);
    return;
  }
  res.write(body);
  let left = LINGER_BYTES;
  const timer = setTimeout(() => res.end(), LINGER_MS);
  const done = (): void => {
    clearTimeout(timer);
    res.end();
  };
  req.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) done();
  });
  req.on('end', done);
  req.on('close', done);
}
