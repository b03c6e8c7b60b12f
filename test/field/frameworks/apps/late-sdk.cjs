// The SDK is started after the first calls, and another copy of its instrumentation while calls are made.
const { calls, stay } = require('./calls.cjs');
(async () => {
  console.log(await calls('before'));
  const { inSpan, stop } = require('./sdk.cjs');
  await inSpan('job', async () => console.log(await calls('after')));
  await stay();
  await stop();
})();
