import { create, createFileRegistry, type DescMessage, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';

/** opentelemetry-proto v1 (trace/v1/trace.proto, common/v1/common.proto, resource/v1/resource.proto), as far as it goes into a trace export. */
const MESSAGES: Record<string, string[]> = {
  AnyValue: [
    'string_value=1 string oneof',
    'bool_value=2 bool oneof',
    'int_value=3 int64 oneof',
    'double_value=4 double oneof',
    'array_value=5 ArrayValue oneof',
    'kvlist_value=6 KeyValueList oneof',
    'bytes_value=7 bytes oneof',
  ],
  ArrayValue: ['values=1 AnyValue repeated'],
  KeyValueList: ['values=1 KeyValue repeated'],
  KeyValue: ['key=1 string', 'value=2 AnyValue'],
  InstrumentationScope: [
    'name=1 string',
    'version=2 string',
    'attributes=3 KeyValue repeated',
    'dropped_attributes_count=4 uint32',
  ],
  Resource: ['attributes=1 KeyValue repeated', 'dropped_attributes_count=2 uint32'],
  Event: [
    'time_unix_nano=1 fixed64',
    'name=2 string',
    'attributes=3 KeyValue repeated',
    'dropped_attributes_count=4 uint32',
  ],
  Link: [
    'trace_id=1 bytes',
    'span_id=2 bytes',
    'trace_state=3 string',
    'attributes=4 KeyValue repeated',
    'flags=6 fixed32',
  ],
  Status: ['message=2 string', 'code=3 int32'],
  Span: [
    'trace_id=1 bytes',
    'span_id=2 bytes',
    'trace_state=3 string',
    'parent_span_id=4 bytes',
    'name=5 string',
    'kind=6 int32',
    'start_time_unix_nano=7 fixed64',
    'end_time_unix_nano=8 fixed64',
    'attributes=9 KeyValue repeated',
    'dropped_attributes_count=10 uint32',
    'events=11 Event repeated',
    'links=13 Link repeated',
    'status=15 Status',
    'flags=16 fixed32',
  ],
  ScopeSpans: ['scope=1 InstrumentationScope', 'spans=2 Span repeated', 'schema_url=3 string'],
  ResourceSpans: ['resource=1 Resource', 'scope_spans=2 ScopeSpans repeated', 'schema_url=3 string'],
  ExportTraceServiceRequest: ['resource_spans=1 ResourceSpans repeated'],
  ExportTracePartialSuccess: ['rejected_spans=1 int64', 'error_message=2 string'],
  ExportTraceServiceResponse: ['partial_success=1 ExportTracePartialSuccess'],
  RpcStatus: ['code=1 int32', 'message=2 string'],
};
const SCALARS: Record<string, Type> = {
  string: Type.STRING,
  bool: Type.BOOL,
  int64: Type.INT64,
  double: Type.DOUBLE,
  bytes: Type.BYTES,
  uint32: Type.UINT32,
  int32: Type.INT32,
  fixed64: Type.FIXED64,
  fixed32: Type.FIXED32,
};

const file = create(FileDescriptorProtoSchema, {
  name: 'otlp.proto',
  package: 'otlp',
  syntax: 'proto3',
  messageType: Object.entries(MESSAGES).map(([name, fields]) => ({
    name,
    field: fields.map((line) => {
      const [, fieldName, number, type, flag] = /^(\w+)=(\d+) (\w+) ?(\w*)$/.exec(line)!;
      const scalar = SCALARS[type!];
      return {
        name: fieldName!,
        number: Number(number),
        label: flag === 'repeated' ? Label.REPEATED : Label.OPTIONAL,
        type: scalar ?? Type.MESSAGE,
        ...(scalar === undefined && { typeName: `.otlp.${type}` }),
        ...(flag === 'oneof' && { oneofIndex: 0 }),
      };
    }),
    oneofDecl: fields.some((f) => f.endsWith('oneof')) ? [{ name: 'value' }] : [],
  })),
});
const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: [file] }));
const message = (name: string): DescMessage => registry.getMessage(`otlp.${name}`)!;
const REQUEST = message('ExportTraceServiceRequest');

export interface AnyValue {
  value: { case: string | undefined; value?: unknown };
}
export interface RawSpan {
  traceId: Uint8Array;
  spanId: Uint8Array;
  traceState: string;
  kind: number;
  startTimeUnixNano: bigint;
  endTimeUnixNano: bigint;
  attributes: { key: string; value?: AnyValue }[];
}
export interface RawRequest {
  resourceSpans: {
    resource?: { attributes: { key: string; value?: AnyValue }[] };
    scopeSpans: { spans: RawSpan[] }[];
  }[];
}

/** Reads with @bufbuild/protobuf; throws where the bytes are no such message. */
export const decodeRequest = (body: Uint8Array): RawRequest => fromBinary(REQUEST, body) as unknown as RawRequest;
export const encodeRequest = (request: unknown): Uint8Array => toBinary(REQUEST, create(REQUEST, request as never));
export const decodeResponse = (body: Uint8Array) =>
  fromBinary(message('ExportTraceServiceResponse'), body) as unknown as {
    partialSuccess?: { rejectedSpans: bigint; errorMessage: string };
  };
export const decodeStatus = (body: Uint8Array) =>
  fromBinary(message('RpcStatus'), body) as unknown as { code: number; message: string };
