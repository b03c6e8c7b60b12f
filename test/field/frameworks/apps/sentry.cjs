const Sentry = require('@sentry/node');
Sentry.init({ dsn: process.env.SENTRY_DSN, ...(process.env.TRACED === 'yes' && { tracesSampleRate: 1 }) });
const { calls, stay } = require('./calls.cjs');
Sentry.startSpan({ name: 'job' }, async () => {
  console.log(await calls());
})
  .then(() => Sentry.captureMessage('said'))
  .then(stay)
  .then(() => Sentry.flush(2000))
  .then(() => Sentry.close());
