import { layerOfConnect } from '../layers/grpc.ts';
import { Frames } from './frames.ts';
import type { Finding, StreamReader } from './types.ts';

/** A byte of flags and four of length, before every message of gRPC-Web and of Connect. */
const PREFIX = 5;
const KEPT = 8192;
const COMPRESSED = 1;
const CONNECT_END = 2;
const WEB_TRAILERS = 0x80;

const UNFINISHED: Finding = { kind: 'unfinished' };

/** Streams whose last envelope says how the call ended. */
abstract class EnvelopeReader extends Frames implements StreamReader {
  private readonly last: number;
  private found: Finding | undefined = undefined;
  private isOver = false;
  private began = false;

  constructor(last: number) {
    super(PREFIX);
    this.last = last;
  }

  end(whole: boolean): Finding | undefined {
    return this.found ?? (whole && this.began && !this.isOver && !this.isBroken ? UNFINISHED : undefined);
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

  protected abstract read(text: string): Finding | undefined;
}

/** https://connectrpc.com/docs/protocol#error-end-stream */
export class ConnectReader extends EnvelopeReader {
  constructor() {
    super(CONNECT_END);
  }

  protected read(text: string): Finding | undefined {
    let error: { code?: unknown } | undefined;
    try {
      ({ error } = JSON.parse(text) as { error?: { code?: unknown } });
    } catch {
      return undefined;
    }
    if (typeof error !== 'object' || error === null) return undefined;
    const code = typeof error.code === 'string' ? error.code : 'unknown';
    const layer = layerOfConnect(code);
    return {
      kind: 'error',
      text: JSON.stringify({ error }),
      contentType: 'application/json',
      code,
      ...(layer === undefined ? {} : { layer }),
    };
  }
}

/** https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md: trailers as the last message. */
export class GrpcWebReader extends EnvelopeReader {
  constructor() {
    super(WEB_TRAILERS);
  }

  protected read(text: string): Finding | undefined {
    const headers = new Map<string, string>();
    for (const line of text.split('\r\n')) {
      const at = line.indexOf(':');
      if (at > 0) headers.set(line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim());
    }
    const status = headers.get('grpc-status');
    return status === undefined || status === '0' ? undefined : { kind: 'error', headers };
  }
}

/** The same in base64, padded wherever the server flushed. */
export class GrpcWebTextReader implements StreamReader {
  private readonly inner = new GrpcWebReader();
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
