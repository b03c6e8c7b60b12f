import { catalogueName } from '../../src/providers/index.ts';
import { rpcReader } from '../../src/stream/failure-event.ts';
import { type StreamReader, streamReader } from '../../src/stream/index.ts';
import { inflated } from '../capture/decode.ts';
import type { BodyReader, Call } from '../capture/types.ts';

/** As much of a compressed stream is kept; of a longer one nothing is told. */
const PACKED = 64 * 1024;
/** Unpacked, it is looked at so far. */
const UNPACKED = 4 * 1024 * 1024;

const streaming = (inner: StreamReader): BodyReader => Object.assign(inner, { isStream: true, isLater: false });

/** A compressed stream. Its bytes are copied as they pass and unpacked when its call is judged, out of the application's turn. */
function packed(inner: StreamReader, encoding: string): BodyReader {
  const pieces: Uint8Array[] = [];
  let length = 0;
  return {
    isStream: true,
    isLater: true,
    add(bytes) {
      length += bytes.length;
      if (length <= PACKED) pieces.push(Buffer.from(bytes));
      else pieces.length = 0;
    },
    end(whole) {
      const bytes = length <= PACKED ? inflated(Buffer.concat(pieces), encoding, UNPACKED) : undefined;
      if (bytes !== undefined) inner.add(bytes);
      return inner.end(whole && bytes !== undefined);
    },
  };
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
    return catalogueName(call.host) === undefined ? undefined : packed(make(), coding);
  }
  // a POST answered with JSON may be a JSON-RPC call wherever it goes
  return call.method === 'POST' && !isPacked && type.startsWith('application/json') ? rpcReader() : undefined;
}
