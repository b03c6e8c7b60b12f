import { create, createFileRegistry, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';
import {
  type ExportTraceServiceRequest,
  ExportTraceServiceRequestSchema,
  type ExportTraceServiceResponse,
  ExportTraceServiceResponseSchema,
} from './generated/opentelemetry/proto/collector/trace/v1/trace_service_pb.js';

/** What the reference reads of an AnyValue; the generated types have every kind. */
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
  attributes: { key: string; value?: AnyValue | undefined }[];
}
export interface RawRequest {
  resourceSpans: {
    resource?: { attributes: { key: string; value?: AnyValue | undefined }[] } | undefined;
    scopeSpans: { spans: RawSpan[] }[];
  }[];
}

/** Reads with @bufbuild/protobuf and code generated from opentelemetry-proto; throws where the bytes are no such message. */
export const decodeRequest = (body: Uint8Array): ExportTraceServiceRequest =>
  fromBinary(ExportTraceServiceRequestSchema, body);
export const encodeRequest = (request: MessageInitShape<typeof ExportTraceServiceRequestSchema>): Uint8Array =>
  toBinary(ExportTraceServiceRequestSchema, create(ExportTraceServiceRequestSchema, request));
export const decodeResponse = (body: Uint8Array): ExportTraceServiceResponse =>
  fromBinary(ExportTraceServiceResponseSchema, body);

/** google.rpc.Status without its details, which is no part of opentelemetry-proto. */
const STATUS = createFileRegistry(
  create(FileDescriptorSetSchema, {
    file: [
      create(FileDescriptorProtoSchema, {
        name: 'status.proto',
        package: 'google.rpc',
        syntax: 'proto3',
        messageType: [
          {
            name: 'Status',
            field: [
              { name: 'code', number: 1, label: Label.OPTIONAL, type: Type.INT32 },
              { name: 'message', number: 2, label: Label.OPTIONAL, type: Type.STRING },
            ],
          },
        ],
      }),
    ],
  }),
).getMessage('google.rpc.Status')!;
export const decodeStatus = (body: Uint8Array) =>
  fromBinary(STATUS, body) as unknown as { code: number; message: string };
