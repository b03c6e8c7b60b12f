// The preload of the matrix: capture with a sink that writes calls down instead of making spans.
import { writeFileSync } from 'node:fs';

const { startCapture } = await import(`${process.env.CAPTURE_DIST}/instrumentation/capture/index.js`);
const { createGuard } = await import(`${process.env.CAPTURE_DIST}/instrumentation/base/guard.js`);
const { judged } = await import(`${process.env.CAPTURE_DIST}/instrumentation/judge/index.js`);
const { describe } = await import(`${process.env.CAPTURE_DIST}/instrumentation/attributes/index.js`);
const { AttributeList } = await import(`${process.env.CAPTURE_DIST}/instrumentation/span/list.js`);
const { loadConfig } = await import(`${process.env.CAPTURE_DIST}/src/config.js`);
const { config } = loadConfig({});
const calls = [];
const faults = [];
const opened = new Map();
let serial = 0;
const guard = createGuard((where, error) => faults.push(`${where}: ${error?.stack ?? error}`));
const sink = {
  start(call) {
    call.span = ++serial;
    // as own spans do
    call.mayWait = true;
    call.setHeader('traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
    opened.set(call.span, decodeURIComponent(call.requestHeader('x-scenario') ?? ''));
  },
  end(call, outcome) {
    const scenario = opened.get(call.span);
    if (scenario === undefined) faults.push(`ended twice or never started: ${call.url()}`);
    opened.delete(call.span);
    const list = new AttributeList();
    describe(list, call, outcome, config);
    calls.push({
      scenario,
      client: call.client,
      url: call.url(),
      kind: outcome.kind,
      layer: outcome.layer,
      reason: outcome.reason,
      sent: outcome.sent,
      attributes: list.toObject(),
    });
  },
};
const capture = startCapture(judged(sink, guard), { guard });
process.on('exit', () => {
  capture.drain();
  writeFileSync(process.env.CAPTURE_OUT, JSON.stringify({ calls, faults, open: capture.open }));
});
