import { bodyPrint, type SentPieces } from '../../src/attempts/index.ts';
import { Memory } from '../../src/memo.ts';
import { decodeBody } from './decode.ts';
import type { BodyReader, Client } from './exchange.ts';
import { Streamed } from './stream.ts';

/** At most this much of one body is kept. */
export const BODY_LIMIT = 16 * 1024;
/** At most this much of all together; past it bodies are not kept. */
const ENGINE_LIMIT = 4 * 1024 * 1024;

const TEXT = /json|xml|text|x-www-form-urlencoded|graphql|javascript|yaml|multipart\/mixed/i;
/** Types whose body can say why a call failed. No type at all is worth a look: many gateways send none. */
export const readable = (contentType: string | undefined): boolean =>
  contentType === undefined || contentType === '' || TEXT.test(contentType);

const held = Memory.part(() => ({ bytes: 0 }));
/** Bytes of bodies that are held now. */
export const heldBytes = (): number => held().bytes;

/** The first bytes of one response body, copied as they pass by (a slice would pin the client's whole read buffer). */
export class BodyCapture {
  private chunks: Buffer[] | undefined = [];
  private length = 0;
  private readonly held = held();
  truncated = false;

  add(chunk: unknown, encoding?: unknown): void {
    if (!this.chunks || this.truncated) return;
    const bytes = chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk), encoding as BufferEncoding);
    const room = Math.min(BODY_LIMIT - this.length, ENGINE_LIMIT - this.held.bytes);
    if (bytes.length > room) this.truncated = true;
    if (room <= 0) return;
    const copy = Buffer.from(bytes.length > room ? bytes.subarray(0, room) : bytes);
    this.chunks.push(copy);
    this.length += copy.length;
    this.held.bytes += copy.length;
  }

  /** The bytes kept, once; the memory is given back. */
  take(): Buffer {
    const chunks = this.chunks ?? [];
    // most failing bodies come in one piece
    const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    if (this.chunks) this.held.bytes -= this.length;
    this.chunks = undefined;
    return bytes;
  }
}

/** What passes of the two bodies of a call. */
export abstract class Bodies {
  abstract readonly client: Client;
  abstract readonly method: string;
  /** The answer's body is kept, because it failed or may be a failure. */
  keepsBody = false;
  /** The captured body is not the whole body. */
  bodyTruncated = false;
  private capture: BodyCapture | undefined = undefined;
  private coding: string | undefined = undefined;
  private text: string | undefined = undefined;
  /** Looks at the answer's bytes as they pass: what {@link CaptureOptions.readerOf} gave. */
  reader: BodyReader | undefined = undefined;
  streamed: Streamed | undefined = undefined;
  /** The application may still write the body; `attempt.written` is called when it did. */
  bodyComes = false;
  /** What of the body was seen as it was sent, where it is not known beforehand. */
  pieces: SentPieces | undefined = undefined;
  /** What was seen of the request's own body; only where that is switched on. */
  private sentBody: BodyCapture | undefined = undefined;

  /** First value of a request header by lower-case name. */
  abstract requestHeader(name: string): string | undefined;
  /** First value of a response header by lower-case name; undefined before the response. */
  abstract responseHeader(name: string): string | undefined;

  /** Starts keeping the answer's body. Its type is looked at only when the body is: until then every step is in the application's way. */
  keepBody(): void {
    this.capture ??= new BodyCapture();
    this.keepsBody = true;
    // undici's decompress interceptor takes it from the list next
    this.coding = this.responseHeader('content-encoding');
  }
  /** Has the answer's bytes read as they pass. */
  read(reader: BodyReader): void {
    this.reader = reader;
    if (reader.isStream) this.streamed = new Streamed();
  }
  /** A piece of the answer's body, on its way to the application. */
  onChunk(bytes: Uint8Array): void {
    const { reader } = this;
    if (reader === undefined) {
      this.capture?.add(bytes);
      return;
    }
    this.streamed?.note(bytes);
    reader.add(bytes);
  }
  /** The captured start of the response body as text, content coding undone; only for failing answers. Decoded on demand. */
  body(): string | undefined {
    if (this.capture) {
      this.bodyTruncated = this.capture.truncated;
      const bytes = this.capture.take();
      this.capture = undefined;
      if (readable(this.responseHeader('content-type'))) this.text = decodeBody(bytes, this.coding);
    }
    return this.text;
  }

  /** What the application handed over with the call: null for no body, undefined if it is not known. */
  protected handedBody(): unknown {
    return this.method === 'GET' || this.method === 'HEAD' ? null : undefined;
  }
  /** Keeps a piece of the request's body. */
  addSent(chunk: unknown, encoding?: unknown): void {
    if (!(typeof chunk === 'string' || chunk instanceof Uint8Array)) return;
    if (this.sentBody === undefined && !readable(this.requestHeader('content-type'))) return;
    this.sentBody ??= new BodyCapture();
    this.sentBody.add(chunk, encoding);
  }
  /**
   * The start of the request's own body as text, content coding undone; only with {@link CaptureOptions.requestBodies}, of media types that are
   * text, and as far as it was seen. Only inside `CaptureSink.end`.
   */
  requestBody(): { readonly text: string; readonly truncated: boolean } | undefined {
    if (this.sentBody === undefined) this.addSent(this.handedBody());
    const text = this.sentBody && decodeBody(this.sentBody.take(), this.requestHeader('content-encoding'));
    return text === undefined ? undefined : { text, truncated: this.sentBody!.truncated };
  }
  /** Gives back what is kept of both bodies, to the process's memory for them. */
  dropBodies(): void {
    this.body();
    this.sentBody?.take();
  }
  /**
   * Print of the request's body (`src/attempts/hashes.ts`), 0 without one; undefined where it is not known: a stream, `FormData`, a `Request`,
   * HTTP/2. Until the call is told.
   */
  bodyPrint(): number | undefined {
    if (this.pieces) {
      // got 16 ends a request some turns after the last byte was written: the answer may be there before
      const isWhole = !this.bodyComes || this.pieces.length === Number(this.requestHeader('content-length'));
      return isWhole ? this.pieces.print() : undefined;
    }
    const body = this.handedBody();
    if (body === null) return 0;
    return typeof body === 'string' || body instanceof Uint8Array ? bodyPrint(body) : undefined;
  }
}
