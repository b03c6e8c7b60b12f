import { parseJson } from '../extract/parse/body.ts';
import { layerOfConnect } from '../layers/grpc.ts';
import { errorOf, type Finding, type StreamReader, UNFINISHED } from './types.ts';

const NONE = Buffer.alloc(0);
interface Frame {
  /** Bytes behind the prefix, and how many of them are worth keeping. */
  readonly length: number;
  readonly keep: number;
}

/**
 * Cuts bytes into frames that say their own length. Of each its first bytes are kept, of which the rest is counted past.
 * @param size bytes before each frame's own
 * @param open reads these; undefined if the stream is not what it says it is. May be asked again
 */
function framed(
  size: number,
  open: (prefix: Buffer) => Frame | undefined,
  see: (prefix: Buffer, bytes: Buffer) => void,
): StreamReader['add'] {
  let kept: Buffer | undefined = NONE;
  /** What of the newest frame is still to come. */
  let left = 0;
  return (chunk) => {
    if (kept === undefined) return;
    const came = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const bytes: Buffer = kept.length === 0 ? came : Buffer.concat([kept, came]);
    let at = Math.min(left, bytes.length);
    left -= at;
    while (at + size <= bytes.length) {
      const from = at + size;
      const frame = open(bytes.subarray(at, from));
      kept = undefined;
      if (frame === undefined) return;
      const to = from + Math.min(frame.length, frame.keep);
      if (to > bytes.length) break;
      if (frame.keep > 0) see(bytes.subarray(at, from), bytes.subarray(from, to));
      at = Math.min(from + frame.length, bytes.length);
      left = from + frame.length - at;
    }
    kept = at === bytes.length ? NONE : Buffer.from(bytes.subarray(at));
  };
}

/** Total and headers' length, each four bytes, and a checksum of the two; one of all is at the frame's end. */
const AWS_PREFIX = 12;
const AWS_KEPT = 4096;
const LONGEST = 16 * 1024 * 1024;

/** A header's value: its name, the byte 7 for text, two bytes of length, the text. */
function header(headers: string, name: string): string | undefined {
  const at = headers.indexOf(`${name}\u0007`);
  if (at < 0) return undefined;
  const from = at + name.length + 1;
  const length = headers.charCodeAt(from) * 256 + headers.charCodeAt(from + 1);
  return headers.slice(from + 2, from + 2 + length);
}

/** Exceptions whose names the words of codes do not tell: the stream broke; too many of them at once. */
const BROKE = /Stream(?:ing)?(?:Error)?(?:Exception|Error|Failure)$/i;
const TOO_MANY = /^limitExceeded/i;
/** What begins a stream that says when it is over, and what ends it: Bedrock's conversations, S3 Select, Lambda's functions. */
const OPENS = /^(?:messageStart|Records|PayloadChunk)$/;
const CLOSES = /^(?:messageStop|End|InvokeComplete)$/;

/** `application/vnd.amazon.eventstream`, as Amazon's specification of the encoding has it: Bedrock, Transcribe, Kinesis, S3 Select. */
export function awsReader(): StreamReader {
  let found: Finding | undefined;
  let isOpen = false;
  const open = (prefix: Buffer): Frame | undefined => {
    const length = prefix.readUInt32BE(0) - AWS_PREFIX;
    return length < 4 || length > LONGEST ? undefined : { length, keep: AWS_KEPT };
  };
  const see = (prefix: Buffer, bytes: Buffer): void => {
    const headersLength = prefix.readUInt32BE(4);
    const headers = bytes.toString('latin1', 0, headersLength);
    const type = header(headers, ':message-type');
    const event = type === 'event' ? header(headers, ':event-type') : '';
    if (event) isOpen = OPENS.test(event) || (isOpen && !CLOSES.test(event));
    if (found !== undefined || (type === 'event' && event !== 'InvokeComplete')) return;
    const to = Math.min(bytes.length, prefix.readUInt32BE(0) - AWS_PREFIX - 4);
    const payload = bytes.toString('utf8', headersLength, to);
    const named = header(headers, type === 'error' ? ':error-code' : ':exception-type');
    const code = named ?? /"ErrorCode": ?"([^"]{1,128})"/.exec(payload)?.[1];
    if (code === undefined && type !== 'error' && type !== 'exception') return;
    const message = header(headers, ':error-message') ?? payload;
    const text = payload.startsWith('{') ? payload : JSON.stringify({ message });
    const layer = BROKE.test(code ?? '') ? 'service' : TOO_MANY.test(code ?? '') ? 'throttling' : undefined;
    found = errorOf(text, { ...(code && { code }), ...(layer && { layer }) });
  };
  return {
    add: framed(AWS_PREFIX, open, see),
    end: (whole) => found ?? (whole && isOpen ? UNFINISHED : undefined),
  };
}

/** A byte of flags and four of length, before every message of gRPC-Web and of Connect. */
const PREFIX = 5;
const KEPT = 8192;
const COMPRESSED = 1;

/**
 * Streams whose last envelope says how the call ended.
 * @param last the flag of the last envelope
 * @param read what that envelope says
 */
function envelopeReader(last: number, read: (text: string) => Finding | undefined): StreamReader {
  let found: Finding | undefined;
  let isOver = false;
  let began = false;
  const open = (prefix: Buffer): Frame => {
    began = true;
    const isLast = (prefix[0]! & last) !== 0;
    isOver ||= isLast;
    return { length: prefix.readUInt32BE(1), keep: isLast ? KEPT : 0 };
  };
  const see = (prefix: Buffer, bytes: Buffer): void => {
    if ((prefix[0]! & COMPRESSED) === 0) found ??= read(bytes.toString('utf8'));
  };
  return {
    add: framed(PREFIX, open, see),
    end: (whole) => found ?? (whole && began && !isOver ? UNFINISHED : undefined),
  };
}

/** https://connectrpc.com/docs/protocol#error-end-stream */
export const connectReader = (): StreamReader =>
  envelopeReader(2, (text) => {
    const error = (parseJson(text) as { error?: { code?: unknown } | null } | undefined)?.error;
    if (typeof error !== 'object' || error === null) return undefined;
    const code = typeof error.code === 'string' ? error.code : 'unknown';
    const layer = layerOfConnect(code);
    return errorOf(JSON.stringify({ error }), { code, ...(layer === undefined ? {} : { layer }) });
  });

/** https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md: trailers as the last message. */
export const grpcWebReader = (): StreamReader =>
  envelopeReader(0x80, (text) => {
    const headers = new Map<string, string>();
    for (const line of text.split('\r\n')) {
      const at = line.indexOf(':');
      if (at > 0) headers.set(line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim());
    }
    const status = headers.get('grpc-status');
    return status === undefined || status === '0' ? undefined : { kind: 'error', headers };
  });

/** The same in base64, padded wherever the server flushed. */
export function grpcWebTextReader(): StreamReader {
  const { add, end } = grpcWebReader();
  let rest = '';
  return {
    add(chunk) {
      const text = rest + Buffer.from(chunk).toString('latin1').replace(/\s+/g, '');
      const whole = text.length - (text.length % 4);
      rest = text.slice(whole);
      for (const part of text.slice(0, whole).match(/[^=]+={0,2}/g) ?? []) add(Buffer.from(part, 'base64'));
    },
    end,
  };
}
