/** A head longer than this is no answer of a collector; nor is a body of which more than so much would have to be thrown away. */
const MAX_HEAD = 16 * 1024;
const MAX_BODY = 64 * 1024;

export interface Answer {
  readonly status: number;
  header(name: string): string | undefined;
  /** Nothing can follow on this connection. */
  readonly last: boolean;
}

/**
 * Reads HTTP/1.1 answers off one connection as their bytes come (RFC 9112), synchronously: at the process's end there is no event loop to
 * parse them. Bodies are thrown away; of an OTLP answer only the head decides.
 */
export class AnswerReader {
  private text = '';
  /** Bytes of the current body still to come; of a chunked one, of its current chunk. */
  private left = 0;
  private chunked = false;
  private received = 0;
  private readonly onAnswer: (answer: Answer) => void;

  constructor(onAnswer: (answer: Answer) => void) {
    this.onAnswer = onAnswer;
  }

  /** False when this is no HTTP, or too much of it: the connection is of no more use. */
  push(bytes: Buffer): boolean {
    this.text += bytes.toString('latin1');
    this.received += bytes.length;
    while (this.skipBody()) {
      const end = this.text.indexOf('\r\n\r\n');
      if (end < 0) return this.text.length <= MAX_HEAD && this.received <= MAX_BODY;
      const head = this.text.slice(0, end);
      this.text = this.text.slice(end + 4);
      if (!this.take(head)) return false;
    }
    return this.received <= MAX_BODY;
  }

  private take(head: string): boolean {
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1]);
    if (!(status >= 100)) return false;
    // interim answers are only counted by their bytes: a loop of them ends the connection
    if (status < 200) return true;
    const header = (name: string): string | undefined =>
      new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*$`, 'im').exec(head)?.[1];
    this.chunked = /chunked/i.test(header('transfer-encoding') ?? '');
    const length = Number(header('content-length') ?? (status === 204 || status === 304 ? 0 : Number.NaN));
    this.left = this.chunked ? 0 : length;
    const endless = !this.chunked && !(length >= 0 && length <= MAX_BODY);
    this.received = this.text.length;
    this.onAnswer({ status, header, last: endless || /\bclose\b/i.test(header('connection') ?? '') });
    return !endless;
  }

  /** Whether the body is over. */
  private skipBody(): boolean {
    for (;;) {
      const skipped = Math.min(this.left, this.text.length);
      this.text = this.text.slice(skipped);
      this.left -= skipped;
      if (this.left > 0) return false;
      if (!this.chunked) return true;
      const end = this.text.indexOf('\r\n');
      if (end < 0) return false;
      const size = Number.parseInt(this.text.slice(0, end), 16);
      // the last chunk and the empty line after it; trailers would be read as a broken head
      if (!(size > 0)) {
        if (this.text.length < end + 4) return false;
        this.chunked = false;
      }
      this.left = end + 4 + Math.max(size || 0, 0);
    }
  }
}
