import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

const BODY_MAX = 1024 * 1024;

/** The first MiB of a body. */
export async function readAtMost(body: AsyncIterable<Buffer>): Promise<{ raw: Buffer; truncated: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  let truncated = false;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > BODY_MAX) {
      truncated = true;
      break;
    }
  }
  return { raw: Buffer.concat(chunks).subarray(0, BODY_MAX), truncated };
}

const DECODE: Readonly<Record<string, typeof gunzipSync>> = {
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

/** As text, its content coding undone; of a cut body the coding stays. */
export function bodyText(raw: Buffer, truncated: boolean, encoding: string | undefined): string {
  const inflate = truncated ? undefined : DECODE[encoding?.toLowerCase() ?? ''];
  const bytes = inflate === undefined || raw.length === 0 ? raw : inflate(raw, { maxOutputLength: BODY_MAX });
  return bytes.toString('utf8');
}
