import { Frames } from './frames.ts';
import type { Finding, StreamReader } from './types.ts';

/** Total and headers' length, each four bytes, and a checksum of the two; one of all is at the frame's end. */
const PREFIX = 12;
const KEPT = 4096;
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
    super(PREFIX);
  }

  end(whole: boolean): Finding | undefined {
    return this.found ?? (whole && this.isOpen ? { kind: 'unfinished' } : undefined);
  }

  protected open(prefix: Buffer): { length: number; keep: number } {
    const length = prefix.readUInt32BE(0) - PREFIX;
    this.isBroken = length < 4 || length > LONGEST;
    return { length: Math.max(0, length), keep: KEPT };
  }

  protected onFrame(prefix: Buffer, bytes: Buffer): void {
    const headersLength = prefix.readUInt32BE(4);
    const headers = bytes.toString('latin1', 0, headersLength);
    const type = header(headers, ':message-type');
    if (type === 'event') this.note(header(headers, ':event-type'));
    if (this.found !== undefined || (type !== 'exception' && type !== 'error')) return;
    const code = header(headers, type === 'error' ? ':error-code' : ':exception-type');
    const message = header(headers, ':error-message');
    const payload = bytes.toString('utf8', headersLength, Math.min(bytes.length, prefix.readUInt32BE(0) - PREFIX - 4));
    const text = payload.startsWith('{') ? payload : JSON.stringify({ message: message ?? payload });
    this.found = { kind: 'error', text, contentType: 'application/json', ...(code === undefined ? {} : { code }) };
  }

  /** Bedrock's conversations say when they are over. */
  private note(event: string | undefined): void {
    if (event === 'messageStart') this.isOpen = true;
    else if (event === 'messageStop') this.isOpen = false;
  }
}
