const { inSpan, stop } = require('../sdk.cjs');
const { calls, stay } = require('../calls.cjs');
const typed: Promise<string> = calls();
inSpan('job', () => typed.then(console.log))
  .then(stay)
  .then(stop);
