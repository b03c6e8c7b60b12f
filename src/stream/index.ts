import { ArrayReader } from './array.ts';
import { AwsReader } from './aws.ts';
import { ClickHouseReader } from './clickhouse.ts';
import { ConnectReader, GrpcWebReader, GrpcWebTextReader } from './envelope.ts';
import type { StreamKind } from './kind.ts';
import { LineReader } from './lines.ts';
import type { StreamReader } from './types.ts';

export { type StreamKind, streamKind } from './kind.ts';
export type { Finding, StreamReader } from './types.ts';

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
