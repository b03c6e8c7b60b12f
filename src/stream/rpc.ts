import { parseJson } from '../extract/parse/body.ts';
import { isObject } from '../extract/parse/json-fields.ts';
import { toldByRpc } from './told.ts';
import type { Finding, StreamReader } from './types.ts';

/** So many bytes decide whether a document is a JSON-RPC 2.0 answer. */
const DECIDE = 64;
const KEPT = 16 * 1024;
/** `"jsonrpc"` in its usual place, or the error in front of it where keys are sorted. */
const RPC = /"jsonrpc" ?: ?"2\.0"|^\s{0,8}\[?\s{0,8}\{\s{0,8}"error" ?: ?\{\s{0,8}"(?:code|message|data)"/;

/** The one document of a JSON answer, kept only if it may be JSON-RPC. */
export class RpcReader implements StreamReader {
  readonly isStream = false;
  readonly isLater = true;
  private readonly decided: (isRpc: boolean) => void;
  private isRpc: boolean | undefined = undefined;
  private pieces: Buffer[] = [];
  private length = 0;

  /** @param decided is told what the first bytes say, once */
  constructor(decided: (isRpc: boolean) => void) {
    this.decided = decided;
  }

  add(bytes: Uint8Array): void {
    if (this.isRpc === false || this.length >= KEPT) return;
    // of most answers nothing is kept: the first piece holds what decides
    if (this.isRpc === undefined && this.length === 0 && bytes.length >= DECIDE && !this.decide(textOf(bytes))) return;
    this.pieces.push(Buffer.from(bytes.subarray(0, KEPT - this.length)));
    this.length += bytes.length;
    if (this.isRpc === undefined && this.length >= DECIDE) this.decide(textOf(Buffer.concat(this.pieces)));
  }

  end(): Finding | undefined {
    const text = this.isRpc === false ? '' : Buffer.concat(this.pieces).toString('utf8');
    this.pieces = [];
    if (text === '' || (this.isRpc === undefined && !this.decide(text.slice(0, DECIDE)))) return undefined;
    const parsed = parseJson(text.trim());
    for (const one of Array.isArray(parsed) ? parsed : [parsed]) {
      const verdict = isObject(one) ? toldByRpc(one as Record<string, unknown>) : undefined;
      if (verdict !== undefined) return verdict.finding;
    }
    return undefined;
  }

  private decide(start: string): boolean {
    this.isRpc = RPC.test(start);
    this.decided(this.isRpc);
    if (!this.isRpc) this.pieces = [];
    return this.isRpc;
  }
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, DECIDE).toString('latin1');
