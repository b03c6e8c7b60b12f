import { ArrayReader } from './array.ts';
import { AwsReader, ConnectReader, GrpcWebReader, GrpcWebTextReader } from './frames.ts';
import { LineReader } from './lines.ts';
import type { StreamKind, StreamReader } from './types.ts';
import { ClickHouseReader } from './window.ts';

export type { Finding, StreamReader } from './types.ts';
export { type StreamKind, streamKind } from './types.ts';

const READERS: Readonly<Record<StreamKind, () => StreamReader>> = {
  events: () => new LineReader(true),
  lines: () => new LineReader(false),
  array: () => new ArrayReader(),
  aws: () => new AwsReader(),
  connect: () => new ConnectReader(),
  'grpc-web': () => new GrpcWebReader(),
  'grpc-web-text': () => new GrpcWebTextReader(),
  clickhouse: () => new ClickHouseReader(),
};

export const streamReader = (kind: StreamKind): StreamReader => READERS[kind]();
