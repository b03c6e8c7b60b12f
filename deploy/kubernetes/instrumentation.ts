import { VERSION } from '../../src/version.ts';
import { type Manifest, metadata } from './common.ts';

/**
 * OpenTelemetry Operator resource: pods with the annotation `instrumentation.opentelemetry.io/inject-nodejs: observability/faultlayer`
 * get the preload. The image holds it under /autoinstrumentation with `autoinstrumentation.js` on top, as the operator copies it.
 */
export const instrumentation = (endpoint = 'http://faultlayer-collector.observability:4318'): Manifest[] => [
  {
    apiVersion: 'opentelemetry.io/v1alpha1',
    kind: 'Instrumentation',
    metadata: metadata('faultlayer'),
    spec: {
      exporter: { endpoint },
      propagators: ['tracecontext', 'baggage'],
      nodejs: {
        image: `faultlayer/autoinstrumentation-nodejs:${VERSION}`,
        resourceRequirements: { requests: { cpu: '20m', memory: '64Mi' }, limits: { memory: '128Mi' } },
        env: [{ name: 'OTEL_EXPORTER_OTLP_PROTOCOL', value: 'http/protobuf' }],
      },
    },
  },
];
