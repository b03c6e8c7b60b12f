// An application with the OpenTelemetry API only: its spans need somebody else's SDK.
import { trace } from '@opentelemetry/api';

const url = process.argv[2];
await trace.getTracer('app', '1.2.3').startActiveSpan('job', { attributes: { size: 3 } }, async (job) => {
  await (await fetch(`${url}/inside`)).text();
  job.end();
});
