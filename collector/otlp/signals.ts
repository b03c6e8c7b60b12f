export type Encoding = 'protobuf' | 'json';

export const CONTENT_TYPE: Readonly<Record<Encoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** What OTLP carries. Spans are counted; of metrics the in-flight gauges are taken; the rest is received, counted and dropped. */
export interface Signal {
  readonly name: 'traces' | 'metrics' | 'logs';
  /** Path over HTTP, and over gRPC. */
  readonly path: string;
  readonly method: string;
  /** Name of the refused items in the JSON form of a partial success. */
  readonly rejected: string;
}

const signal = (name: Signal['name'], service: string, rejected: string): Signal => ({
  name,
  path: `/v1/${name}`,
  method: `/opentelemetry.proto.collector.${service}/Export`,
  rejected,
});

/** opentelemetry-proto 1.x, `collector/<signal>/v1`. */
export const SIGNALS: readonly Signal[] = [
  signal('traces', 'trace.v1.TraceService', 'rejectedSpans'),
  signal('metrics', 'metrics.v1.MetricsService', 'rejectedDataPoints'),
  signal('logs', 'logs.v1.LogsService', 'rejectedLogRecords'),
];

/** What became of a body. */
export interface Taken {
  /** Spans or data points that were refused. */
  readonly rejected: number;
  readonly message: string;
}

const text = new TextEncoder();

/** The Export…ServiceResponse; `partialSuccess` is left out when everything was accepted (OTLP specification). The number's field is the same in all. */
export function responseOf({ rejected: name }: Signal, encoding: Encoding, { rejected, message }: Taken): Uint8Array {
  if (encoding === 'json')
    return text.encode(
      rejected === 0 ? '{}' : JSON.stringify({ partialSuccess: { [name]: String(rejected), errorMessage: message } }),
    );
  return rejected === 0
    ? new Uint8Array(0)
    : Uint8Array.from(field(1, [0x08, ...varint(rejected), ...textField(2, message)]));
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
  500: 13,
  503: 14,
};
export const rpcCode = (httpStatus: number): number => CODE[httpStatus] ?? 2;

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

/** The few protobuf messages that are answered are written by hand. */
function varint(value: number): number[] {
  const out: number[] = [];
  let v = value;
  for (; v > 127; v = Math.floor(v / 128)) out.push((v % 128) | 128);
  return [...out, v];
}

/** A length-delimited field. */
const field = (number: number, bytes: ArrayLike<number>): number[] => [
  number * 8 + 2,
  ...varint(bytes.length),
  ...Array.from(bytes),
];

const textField = (number: number, value: string): number[] => field(number, text.encode(value));
