const { inSpan, stop } = require('./sdk.cjs');
const { calls, stay } = require('./calls.cjs');
inSpan('job', () => calls().then(console.log))
  .then(stay)
  .then(stop);
