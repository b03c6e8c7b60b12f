import { LIMITS } from '../limits.ts';
import { type Encoding, field, textField, varint } from './signals.ts';

/** A request that is not taken, by the HTTP status that says why; gRPC has a code for each. */
export class Refusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.headers = status === 503 ? { 'retry-after': String(LIMITS.retryAfterSeconds), ...headers } : headers;
  }
}

/** google.rpc.Code by HTTP status. */
const CODE: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 12,
  405: 12,
  408: 4,
  413: 8,
  415: 3,
  429: 8,
  500: 13,
  503: 14,
};
export const rpcCode = (httpStatus: number): number => CODE[httpStatus] ?? 2;

const text = new TextEncoder();

/** A google.rpc.Status in the caller's encoding. */
export function statusBody(encoding: Encoding, httpStatus: number, message: string): Uint8Array {
  const code = rpcCode(httpStatus);
  return encoding === 'json' ? text.encode(JSON.stringify({ code, message })) : status(code, message);
}

/** For `grpc-status-details-bin`: the status with a RetryInfo, which tells a sender when to come again (OTLP specification, "Failures"). */
export function retryStatus(code: number, message: string, seconds: number): Uint8Array {
  const duration = [0x08, ...varint(seconds)];
  const any = [...textField(1, 'type.googleapis.com/google.rpc.RetryInfo'), ...field(2, field(1, duration))];
  return status(code, message, field(3, any));
}

const status = (code: number, message: string, details: readonly number[] = []): Uint8Array =>
  Uint8Array.from([0x08, code, ...textField(2, message), ...details]);
