import { expect, it } from 'vitest';
import { isTelemetry } from '../../../src/attempts/index.ts';

const asked = (method: string, path: string, headers: Record<string, string> = {}) =>
  isTelemetry({ method, path, requestHeader: (name) => headers[name] });

it.each<[string, string, string, Record<string, string>]>([
  ['an OTLP exporter over HTTP', 'POST', '/v1/traces', { 'user-agent': 'OTel-OTLP-Exporter-JavaScript/0.301.0' }],
  ['one of another language', 'POST', '/otlp/v1/metrics', { 'content-type': 'application/x-protobuf' }],
  [
    'one over gRPC',
    'POST',
    '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    { 'content-type': 'application/grpc+proto' },
  ],
  ['Datadog’s traces', 'PUT', '/v0.4/traces', { 'datadog-meta-lang': 'nodejs' }],
  ['Datadog’s metrics', 'POST', '/dogstatsd/v2/proxy', {}],
  ['Datadog’s configuration', 'POST', '/v0.7/config', { 'content-type': 'application/json' }],
  ['Datadog’s telemetry', 'POST', '/telemetry/proxy/api/v2/apmtelemetry', { 'dd-client-library-language': 'nodejs' }],
  [
    'New Relic',
    'POST',
    '/agent_listener/invoke_raw_method?method=connect',
    { 'user-agent': 'NewRelic-NodeAgent/14.5.0' },
  ],
  ['Elastic APM', 'POST', '/intake/v2/events', { 'user-agent': 'apm-agent-nodejs/4.15.0' }],
  ['Sentry', 'POST', '/api/42/envelope/?sentry_version=7&sentry_key=public', {}],
])('%s is telemetry', (_what, method, path, headers) => {
  expect(asked(method, path, headers)).toBe(true);
});

it.each<[string, string, Record<string, string>]>([
  ['POST', '/v1/traces', { 'content-type': 'application/json' }],
  ['GET', '/v1/metrics', { 'user-agent': 'node' }],
  ['GET', '/info', {}],
  ['POST', '/api/42/envelope/', { 'content-type': 'application/json' }],
  ['POST', '/v1/chat/completions', { 'user-agent': 'OpenAI/JS 7.57.0' }],
])('%s %s of an application is a call', (method, path, headers) => {
  expect(asked(method, path, headers)).toBe(false);
});
