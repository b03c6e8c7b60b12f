/** At most this much of one body is kept. */
export const BODY_LIMIT = 16 * 1024;
/** At most this much in the whole process; past it bodies are not kept. */
const PROCESS_LIMIT = 4 * 1024 * 1024;

const TEXT = /json|xml|text|x-www-form-urlencoded|graphql|javascript|yaml/i;
/** Types whose body can say why a call failed. No type at all is worth a look: many gateways send none. */
export const readable = (contentType: string | undefined): boolean =>
  contentType === undefined || contentType === '' || TEXT.test(contentType);

let held = 0;
/** Bytes of bodies held by this process now. */
export const heldBytes = (): number => held;

/** The first bytes of one response body, copied as they pass by (a slice would pin the client's whole read buffer). */
export class BodyCapture {
  private chunks: Buffer[] | undefined = [];
  private length = 0;
  truncated = false;

  add(chunk: unknown, encoding?: unknown): void {
    if (!this.chunks || this.truncated) return;
    const bytes = chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk), encoding as BufferEncoding);
    const room = Math.min(BODY_LIMIT - this.length, PROCESS_LIMIT - held);
    if (bytes.length > room) this.truncated = true;
    if (room <= 0) return;
    const copy = Buffer.from(bytes.length > room ? bytes.subarray(0, room) : bytes);
    this.chunks.push(copy);
    this.length += copy.length;
    held += copy.length;
  }

  /** The bytes kept, once; the memory is given back. */
  take(): Buffer {
    const chunks = this.chunks ?? [];
    // most failing bodies come in one piece
    const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    if (this.chunks) held -= this.length;
    this.chunks = undefined;
    return bytes;
  }
}
