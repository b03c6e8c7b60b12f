import '@opentelemetry/auto-instrumentations-node/register';
import { trace } from '@opentelemetry/api';
import inSpan from '../in-span.cjs';

export default { inSpan: inSpan(trace), stop: () => trace.getTracerProvider().getDelegate().forceFlush() };
