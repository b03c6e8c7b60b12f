import { catalogueName } from '../../src/providers/index.ts';
import { RpcReader } from '../../src/stream/failure-event.ts';
import { type Finding, type StreamReader, streamReader } from '../../src/stream/index.ts';
import { inflated } from '../capture/decode.ts';
import type { BodyReader, Call } from '../capture/types.ts';

/** As much of a compressed stream is kept; of a longer one nothing is told. */
const PACKED = 64 * 1024;
/** Unpacked, it is looked at so far. */
const UNPACKED = 4 * 1024 * 1024;

const streaming = (inner: StreamReader): BodyReader => Object.assign(inner, { isStream: true, isLater: false });

/** A compressed stream. Its bytes are copied as they pass and unpacked when its call is judged, out of the application's turn. */
class Packed implements BodyReader {
  readonly isStream = true;
  readonly isLater = true;
  private readonly inner: StreamReader;
  private readonly encoding: string;
  private readonly pieces: Uint8Array[] = [];
  private length = 0;

  constructor(inner: StreamReader, encoding: string) {
    this.inner = inner;
    this.encoding = encoding;
  }

  add(bytes: Uint8Array): void {
    this.length += bytes.length;
    if (this.length <= PACKED) this.pieces.push(Buffer.from(bytes));
    else this.pieces.length = 0;
  }

  end(whole: boolean): Finding | undefined {
    const bytes = this.length <= PACKED ? inflated(Buffer.concat(this.pieces), this.encoding, UNPACKED) : undefined;
    if (bytes !== undefined) this.inner.add(bytes);
    return this.inner.end(whole && bytes !== undefined);
  }
}

/** Who looks at the bytes of a 2xx answer: streams, and what may be JSON-RPC. */
export function readerFor(call: Call): BodyReader | undefined {
  const type = call.responseHeader('content-type');
  if (type === undefined) return undefined;
  const make = streamReader(type, call.path, (name) => call.responseHeader(name));
  const coding = call.responseHeader('content-encoding');
  const isPacked = coding !== undefined && coding !== 'identity';
  if (make !== undefined) {
    if (!isPacked) return streaming(make());
    return catalogueName(call.host) === undefined ? undefined : new Packed(make(), coding);
  }
  // a POST answered with JSON may be a JSON-RPC call wherever it goes
  return call.method === 'POST' && !isPacked && type.startsWith('application/json') ? new RpcReader() : undefined;
}
