/** Runs `fn` below a span of the application's own. */
module.exports = (trace) => (name, fn) =>
  trace.getTracer('app').startActiveSpan(name, async (span) => {
    await fn();
    span.end();
  });
