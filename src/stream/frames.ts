import { parseJson } from '../extract/parse/body.ts';
import { layerOfConnect } from '../layers/grpc.ts';
import { errorOf, type Finding, type StreamReader, UNFINISHED } from './types.ts';

/** Frames that say their own length. Of each its first bytes are kept, of which the rest is counted past. */
abstract class Frames {
  private readonly prefix: Buffer;
  private have = 0;
  /** What of the frame is still to come. */
  private left = 0;
  private kept: Buffer | undefined = undefined;
  private keptLength = 0;
  /** The stream is not what it says it is; nothing more is read. */
  protected isBroken = false;

  /** @param prefix bytes before each frame's own */
  constructor(prefix: number) {
    this.prefix = Buffer.alloc(prefix);
  }

  add(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && !this.isBroken; ) {
      if (this.have < this.prefix.length) at = this.readPrefix(chunk, at);
      else at = this.readFrame(chunk, at);
      if (this.have === this.prefix.length && this.left === 0) this.close();
    }
  }

  private readPrefix(chunk: Uint8Array, at: number): number {
    const { prefix } = this;
    while (at < chunk.length && this.have < prefix.length) prefix[this.have++] = chunk[at++]!;
    if (this.have < prefix.length) return at;
    const { length, keep } = this.open(prefix);
    this.left = length;
    if (keep > 0) this.kept = Buffer.allocUnsafe(Math.min(keep, length));
    return at;
  }

  private readFrame(chunk: Uint8Array, at: number): number {
    const part = Math.min(this.left, chunk.length - at);
    const { kept } = this;
    if (kept !== undefined && this.keptLength < kept.length) {
      const fits = Math.min(part, kept.length - this.keptLength);
      kept.set(chunk.subarray(at, at + fits), this.keptLength);
      this.keptLength += fits;
    }
    this.left -= part;
    return at + part;
  }

  private close(): void {
    if (this.kept !== undefined) this.onFrame(this.prefix, this.kept.subarray(0, this.keptLength));
    this.have = 0;
    this.keptLength = 0;
    this.kept = undefined;
  }

  /** The bytes that follow this prefix, and how many of them are worth keeping. */
  protected abstract open(prefix: Buffer): { readonly length: number; readonly keep: number };
  protected abstract onFrame(prefix: Buffer, bytes: Buffer): void;
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

/** `application/vnd.amazon.eventstream`, as Amazon's specification of the encoding has it: Bedrock, Transcribe, Kinesis, S3 Select. */
export class AwsReader extends Frames implements StreamReader {
  private found: Finding | undefined = undefined;
  private isOpen = false;

  constructor() {
    super(AWS_PREFIX);
  }

  end(whole: boolean): Finding | undefined {
    return this.found ?? (whole && this.isOpen ? UNFINISHED : undefined);
  }

  protected open(prefix: Buffer): { length: number; keep: number } {
    const length = prefix.readUInt32BE(0) - AWS_PREFIX;
    this.isBroken = length < 4 || length > LONGEST;
    return { length: Math.max(0, length), keep: AWS_KEPT };
  }

  protected onFrame(prefix: Buffer, bytes: Buffer): void {
    const headersLength = prefix.readUInt32BE(4);
    const headers = bytes.toString('latin1', 0, headersLength);
    const type = header(headers, ':message-type');
    // Bedrock's conversations say when they are over
    const event = type === 'event' ? header(headers, ':event-type') : undefined;
    if (event === 'messageStart' || event === 'messageStop') this.isOpen = event === 'messageStart';
    if (this.found !== undefined || (type !== 'exception' && type !== 'error')) return;
    const code = header(headers, type === 'error' ? ':error-code' : ':exception-type');
    const message = header(headers, ':error-message');
    const payload = bytes.toString(
      'utf8',
      headersLength,
      Math.min(bytes.length, prefix.readUInt32BE(0) - AWS_PREFIX - 4),
    );
    const text = payload.startsWith('{') ? payload : JSON.stringify({ message: message ?? payload });
    this.found = errorOf(text, code === undefined ? {} : { code });
  }
}

/** A byte of flags and four of length, before every message of gRPC-Web and of Connect. */
const PREFIX = 5;
const KEPT = 8192;
const COMPRESSED = 1;

/** Streams whose last envelope says how the call ended. */
class EnvelopeReader extends Frames implements StreamReader {
  private readonly last: number;
  private readonly read: (text: string) => Finding | undefined;
  private found: Finding | undefined = undefined;
  private isOver = false;
  private began = false;

  /**
   * @param last the flag of the last envelope
   * @param read what that envelope says
   */
  constructor(last: number, read: (text: string) => Finding | undefined) {
    super(PREFIX);
    this.last = last;
    this.read = read;
  }

  end(whole: boolean): Finding | undefined {
    return this.found ?? (whole && this.began && !this.isOver ? UNFINISHED : undefined);
  }

  protected open(prefix: Buffer): { length: number; keep: number } {
    this.began = true;
    const isLast = (prefix[0]! & this.last) !== 0;
    this.isOver ||= isLast;
    return { length: prefix.readUInt32BE(1), keep: isLast ? KEPT : 0 };
  }

  protected onFrame(prefix: Buffer, bytes: Buffer): void {
    if ((prefix[0]! & COMPRESSED) === 0) this.found ??= this.read(bytes.toString('utf8'));
  }
}

/** https://connectrpc.com/docs/protocol#error-end-stream */
export const connectReader = (): EnvelopeReader =>
  new EnvelopeReader(2, (text) => {
    const error = (parseJson(text) as { error?: { code?: unknown } | null } | undefined)?.error;
    if (typeof error !== 'object' || error === null) return undefined;
    const code = typeof error.code === 'string' ? error.code : 'unknown';
    const layer = layerOfConnect(code);
    return errorOf(JSON.stringify({ error }), { code, ...(layer === undefined ? {} : { layer }) });
  });

/** https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md: trailers as the last message. */
export const grpcWebReader = (): EnvelopeReader =>
  new EnvelopeReader(0x80, (text) => {
    const headers = new Map<string, string>();
    for (const line of text.split('\r\n')) {
      const at = line.indexOf(':');
      if (at > 0) headers.set(line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim());
    }
    const status = headers.get('grpc-status');
    return status === undefined || status === '0' ? undefined : { kind: 'error', headers };
  });

/** The same in base64, padded wherever the server flushed. */
export class GrpcWebTextReader implements StreamReader {
  private readonly inner = grpcWebReader();
  private rest = '';

  add(chunk: Uint8Array): void {
    const text = this.rest + Buffer.from(chunk).toString('latin1').replace(/\s+/g, '');
    const whole = text.length - (text.length % 4);
    this.rest = text.slice(whole);
    for (const part of text.slice(0, whole).match(/[^=]+={0,2}/g) ?? []) this.inner.add(Buffer.from(part, 'base64'));
  }

  end(whole: boolean): Finding | undefined {
    return this.inner.end(whole);
  }
}
