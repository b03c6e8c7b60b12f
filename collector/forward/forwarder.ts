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
export class Forwarder {
  private readonly url: URL;
  private readonly headers: Record<string, string>;
  private readonly forwarded: Tally;
  private readonly agent: HttpAgent;
  private readonly queue: Item[] = [];
  private readonly timers = new Set<NodeJS.Timeout>();
  /** Bytes that wait or are on their way. */
  queued = 0;
  private sending = 0;
  private waiting = 0;
  private closed = false;
  private idle: (() => void) | undefined;

  /** `endpoint` is the base; `/v1/traces` is appended unless it is there (OTLP exporter specification). */
  constructor(endpoint: string, headers: Record<string, string>, forwarded: Tally) {
    this.url = new URL(/\/v1\/traces\/?$/.test(endpoint) ? endpoint : `${endpoint.replace(/\/+$/, '')}/v1/traces`);
    if (this.url.protocol !== 'http:' && this.url.protocol !== 'https:')
      throw new Error('must be an http or https URL');
    this.headers = headers;
    this.forwarded = forwarded;
    const options = { keepAlive: true, maxSockets: PARALLEL };
    this.agent = this.url.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options);
  }

  /** Copies the bytes, which belong to a pool. */
  take(bytes: Buffer, type: string, gzip: boolean): void {
    if (this.closed || this.queued + bytes.length > LIMITS.forwardBytes) {
      this.forwarded.inc(1, 'dropped_queue_full');
      return;
    }
    this.queued += bytes.length;
    this.queue.push({ bytes: Buffer.from(bytes), type, gzip, attempts: 0 });
    this.pump();
  }

  /** Gives what is queued until `deadlineMs` from now, then drops and counts the rest. */
  async close(deadlineMs: number): Promise<void> {
    const deadline = setTimeout(() => this.idle?.(), deadlineMs);
    if (this.queue.length + this.sending + this.waiting > 0)
      await new Promise<void>((resolve) => (this.idle = resolve));
    clearTimeout(deadline);
    this.closed = true;
    for (const timer of this.timers) clearTimeout(timer);
    const lost = this.queue.length + this.sending + this.waiting;
    if (lost > 0) this.forwarded.inc(lost, 'dropped_shutdown');
    this.agent.destroy();
  }

  private pump(): void {
    while (!this.closed && this.sending < PARALLEL && this.queue.length > 0) {
      const item = this.queue.shift()!;
      this.sending++;
      this.send(item);
    }
    if (this.queue.length + this.sending + this.waiting === 0) this.idle?.();
  }

  private send(item: Item): void {
    item.attempts++;
    let settled = false;
    const settle = (status: number, retryAfter?: string): void => {
      if (settled) return;
      settled = true;
      this.sending--;
      this.outcome(item, status, retryAfter);
      this.pump();
    };
    const request = (this.url.protocol === 'https:' ? httpsRequest : httpRequest)(
      this.url,
      {
        method: 'POST',
        agent: this.agent,
        timeout: TIMEOUT_MS,
        headers: {
          ...this.headers,
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
  }

  private outcome(item: Item, status: number, retryAfter: string | undefined): void {
    const again = (status === 0 || RETRYABLE.has(status)) && item.attempts < ATTEMPTS && !this.closed;
    if (again) {
      this.waiting++;
      const timer = setTimeout(
        () => {
          this.timers.delete(timer);
          this.waiting--;
          this.queue.push(item);
          this.pump();
        },
        delayMs(item.attempts, retryAfter),
      );
      this.timers.add(timer);
      return;
    }
    this.queued -= item.bytes.length;
    this.forwarded.inc(
      1,
      status >= 200 && status < 300
        ? 'sent'
        : status === 0 || RETRYABLE.has(status)
          ? 'dropped_retries'
          : 'dropped_refused',
    );
  }
}

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
