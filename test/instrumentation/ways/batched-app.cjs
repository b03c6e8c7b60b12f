// Makes calls with the SDK's batch processor and what else the second argument says; prints what stood on each span when it was ended, a turn after
// its answer was read, and when it was exported. Plain Node, run with the preload.
const { trace, context } = require('@opentelemetry/api');
const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks');
const { registerInstrumentations } = require('@opentelemetry/instrumentation');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici');
const { BatchSpanProcessor, SimpleSpanProcessor, TracerProvider } = require('@opentelemetry/sdk-trace');

const [base, kind] = process.argv.slice(2);
const ended = {};
const exported = {};
const told = ({ attributes, status, links, name }) => ({ attributes: { ...attributes }, status, links, name });
const note = (where) => (span) => {
  where[new URL(span.attributes['url.full']).pathname] = told(span);
};
const exporter = {
  export(spans, done) {
    spans.forEach(note(exported));
    done({ code: 0 });
  },
  shutdown: async () => {},
  forceFlush: async () => {},
};
const reader = { onStart() {}, onEnd: note(ended), shutdown: async () => {}, forceFlush: async () => {} };
class Reading extends BatchSpanProcessor {
  onEnd(span) {
    note(ended)(span);
    super.onEnd(span);
  }
}
class Adding extends BatchSpanProcessor {
  _addToBuffer(span) {
    note(ended)(span);
    super._addToBuffer(span);
  }
}
const batch = new BatchSpanProcessor({ exporter, scheduledDelayMillis: 60_000 });
const PROCESSORS = {
  batch: [batch],
  full: [new BatchSpanProcessor({ exporter, maxExportBatchSize: 1 })],
  beside: [batch, reader],
  reading: [new Reading({ exporter })],
  adding: [new Adding({ exporter })],
  simple: [new SimpleSpanProcessor({ exporter })],
};
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const spanLimits = kind === 'limited' ? { attributeValueLengthLimit: 12 } : {};
const provider = new TracerProvider({ spanProcessors: PROCESSORS[kind] ?? [batch], spanLimits });
trace.setGlobalTracerProvider(provider);
registerInstrumentations({ instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()] });
const http = require('node:http');

const get = (url) => new Promise((resolve) => http.get(url, (response) => response.resume().on('close', resolve)));
(async () => {
  const atOnce = {};
  const look = () => batch._finishedSpans.forEach(note(atOnce));
  await (await fetch(`${base}/fetch/ok?api_key=verysecretvalue`)).text();
  look();
  await get(`${base}/http/ok?api_key=verysecretvalue`);
  await new Promise(setImmediate);
  look();
  await (await fetch(`${base}/fetch/fail`)).text();
  for (let i = 0; i < 20; i++) await (await fetch(`${base}/fetch/fail/${i}`)).text();
  await provider.forceFlush();
  process.stdout.write(JSON.stringify({ atOnce, ended, exported }));
})();
