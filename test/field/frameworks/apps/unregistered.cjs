// An instrumentation whose provider is never registered globally, enabled before, during and after traffic.
const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici');
const { calls, stay } = require('./calls.cjs');
(async () => {
  const instrumentation = new UndiciInstrumentation();
  console.log(await calls('on'));
  instrumentation.disable();
  console.log(await calls('off'));
  instrumentation.enable();
  console.log(await calls('again'));
  await stay();
})();
