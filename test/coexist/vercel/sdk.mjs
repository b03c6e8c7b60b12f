import { trace } from '@opentelemetry/api';
import { registerOTel } from '@vercel/otel';
import inSpan from '../in-span.cjs';

registerOTel({ serviceName: 'app', instrumentationConfig: { fetch: { propagateContextUrls: ['http://127.0.0.1'] } } });
export default { inSpan: inSpan(trace), stop: () => trace.getTracerProvider().getDelegate().forceFlush() };
