import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import type { Phase } from '../../src/contract/index.ts';

export interface Outgoing {
  readonly method: string;
  readonly url: URL;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string | Buffer | undefined;
}

/** How far an exchange has come. */
export interface State {
  phase: Phase;
  /** Seconds per phase. */
  timings: Record<string, number>;
  address?: string;
  status?: number;
  headers?: readonly (readonly [string, string])[];
  /** Bytes of the body so far, and when the last of them came, `performance.now()`. */
  received?: number;
  lastMs?: number;
}

export interface Answer {
  readonly status: number;
  /** Names in lower case; trailers behind them. */
  readonly headers: [string, string][];
  readonly body: string;
  readonly truncated: boolean;
  /** `1.1`, `2`. */
  readonly protocol: string;
}

/** Notes how long each phase took since the one before. */
export function laps(state: State): (phase: string) => void {
  let mark = performance.now();
  return (phase) => {
    state.timings[phase] = (performance.now() - mark) / 1000;
    mark = performance.now();
  };
}

const BODY_MAX = 1024 * 1024;

/** Reads at most the first MiB of a body. */
export async function answerOf(
  body: AsyncIterable<Buffer>,
  status: number,
  headers: [string, string][],
  protocol: string,
  state: State,
): Promise<Answer> {
  Object.assign(state, { phase: 'body', status, headers, received: 0, lastMs: performance.now() });
  const chunks: Buffer[] = [];
  let truncated = false;
  for await (const chunk of body) {
    chunks.push(chunk);
    state.received! += chunk.length;
    state.lastMs = performance.now();
    if (state.received! > BODY_MAX) {
      truncated = true;
      break;
    }
  }
  const raw = Buffer.concat(chunks).subarray(0, BODY_MAX);
  const encoding = headers.find(([name]) => name === 'content-encoding')?.[1];
  return { status, headers, body: bodyText(raw, truncated, encoding), truncated, protocol };
}

const DECODE: Readonly<Record<string, typeof gunzipSync>> = {
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

/** As text, its content coding undone; of a cut body the coding stays. */
function bodyText(raw: Buffer, truncated: boolean, encoding: string | undefined): string {
  const inflate = truncated ? undefined : DECODE[encoding?.toLowerCase() ?? ''];
  const bytes = inflate === undefined || raw.length === 0 ? raw : inflate(raw, { maxOutputLength: BODY_MAX });
  return bytes.toString('utf8');
}
