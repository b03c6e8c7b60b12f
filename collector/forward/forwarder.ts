import { Agent as HttpAgent, request as httpRequest, validateHeaderName, validateHeaderValue } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Tally } from '../base/own-metrics.ts';
import { LIMITS } from '../limits.ts';

interface Item {
  readonly bytes: Buffer;
  readonly type: string;
  readonly gzip: boolean;
  attempts: number;
}

/** OTLP specification, "Failures": only these may be retried. */
const RETRYABLE = new Set([429, 502, 503, 504]);
const ATTEMPTS = 6;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
const TIMEOUT_MS = 10_000;
const PARALLEL = 4;

/** Sends every accepted body on as it came. The queue is bounded in bytes: when it is full the newest body is dropped and counted. */
export function createForwarder(endpoint: string, headers: Record<string, string>, forwarded: Tally) {
  // `endpoint` is the base; `/v1/traces` is appended unless it is there (OTLP exporter specification).
  const url = new URL(/\/v1\/traces\/?$/.test(endpoint) ? endpoint : `${endpoint.replace(/\/+$/, '')}/v1/traces`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Error('must be an http or https URL');
  const secure = url.protocol === 'https:';
  const agent = new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: PARALLEL });
  const queue: Item[] = [];
  const timers = new Set<NodeJS.Timeout>();
  /** Bytes that wait or are on their way. */
  let queued = 0;
  let sending = 0;
  let waiting = 0;
  let closed = false;
  let idle: (() => void) | undefined;
  /** Bodies that are not done with. */
  const open = (): number => queue.length + sending + waiting;

  const pump = (): void => {
    while (!closed && sending < PARALLEL && queue.length > 0) {
      sending++;
      send(queue.shift()!);
    }
    if (open() === 0) idle?.();
  };
  const send = (item: Item): void => {
    item.attempts++;
    let settled = false;
    const settle = (status: number, retryAfter?: string): void => {
      if (settled) return;
      settled = true;
      sending--;
      ended(item, status, retryAfter);
      pump();
    };
    const request = (secure ? httpsRequest : httpRequest)(
      url,
      {
        method: 'POST',
        agent,
        timeout: TIMEOUT_MS,
        headers: {
          ...headers,
          'content-type': item.type,
          'content-length': item.bytes.length,
          ...(item.gzip && { 'content-encoding': 'gzip' }),
        },
      },
      (response) => {
        let got = 0;
        response.on('data', (chunk: Buffer) => {
          got += chunk.length;
          if (got > LIMITS.forwardAnswerBytes) response.destroy();
        });
        response.on('close', () => settle(response.statusCode ?? 0, response.headers['retry-after']));
      },
    );
    request.on('timeout', () => request.destroy());
    request.on('error', () => settle(0));
    request.end(item.bytes);
  };
  const ended = (item: Item, status: number, retryAfter: string | undefined): void => {
    const retryable = status === 0 || RETRYABLE.has(status);
    if (retryable && item.attempts < ATTEMPTS && !closed) {
      waiting++;
      const again = (): void => {
        timers.delete(timer);
        waiting--;
        queue.push(item);
        pump();
      };
      const timer = setTimeout(again, delayMs(item.attempts, retryAfter));
      timers.add(timer);
      return;
    }
    queued -= item.bytes.length;
    const sent = status >= 200 && status < 300;
    forwarded.inc(1, sent ? 'sent' : retryable ? 'dropped_retries' : 'dropped_refused');
  };
  return {
    get queued(): number {
      return queued;
    },
    /** Copies the bytes, which belong to a pool. */
    take(bytes: Buffer, type: string, gzip: boolean): void {
      if (closed || queued + bytes.length > LIMITS.forwardBytes) {
        forwarded.inc(1, 'dropped_queue_full');
        return;
      }
      queued += bytes.length;
      queue.push({ bytes: Buffer.from(bytes), type, gzip, attempts: 0 });
      pump();
    },
    /** Gives what is queued until `deadlineMs` from now, then drops and counts the rest. */
    async close(deadlineMs: number): Promise<void> {
      const deadline = setTimeout(() => idle?.(), deadlineMs);
      if (open() > 0) await new Promise<void>((resolve) => (idle = resolve));
      clearTimeout(deadline);
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      if (open() > 0) forwarded.inc(open(), 'dropped_shutdown');
      agent.destroy();
    },
  };
}
export type Forwarder = ReturnType<typeof createForwarder>;

/** Exponential backoff with jitter; a Retry-After in seconds wins, within bounds. */
export function delayMs(attempt: number, retryAfter: string | undefined, random: number = Math.random()): number {
  const asked = retryAfter !== undefined && /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1000 : undefined;
  const base = asked ?? FIRST_DELAY_MS * 2 ** (attempt - 1);
  return Math.min(base, LONGEST_DELAY_MS) * (1 + random * 0.25);
}

/**
 * Headers as the OTLP exporter specification writes them: `name=value` pairs between commas, values percent-encoded. Throws on what no request
 * could carry: found out while forwarding, it would fail every body that has just been counted.
 */
export function parseHeaders(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const pair of text.split(',')) {
    if (pair.trim() === '') continue;
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(at, 0)).trim().toLowerCase();
    // Values may be secrets, so none is ever quoted.
    if (name === '') throw new Error('must be name=value,name=value');
    try {
      const value = decodeURIComponent(pair.slice(at + 1).trim());
      validateHeaderName(name);
      validateHeaderValue(name, value);
      headers[name] = value;
    } catch {
      throw new Error(`${JSON.stringify(name)} is no header name, or its value cannot be sent`);
    }
  }
  return headers;
}
