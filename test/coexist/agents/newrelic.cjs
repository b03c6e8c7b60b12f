Object.assign(process.env, {
  NEW_RELIC_APP_NAME: 'app',
  NEW_RELIC_LICENSE_KEY: '0'.repeat(40),
  NEW_RELIC_HOST: '127.0.0.1',
  NEW_RELIC_PORT: '1',
  NEW_RELIC_LOG_ENABLED: 'false',
  NEW_RELIC_UTILIZATION_DETECT_AWS: 'false',
  NEW_RELIC_UTILIZATION_DETECT_AZURE: 'false',
  NEW_RELIC_UTILIZATION_DETECT_GCP: 'false',
});
const newrelic = require('newrelic');

module.exports = {
  inSpan: (name, fn) => newrelic.startBackgroundTransaction(name, fn),
  stop: () => new Promise((done) => newrelic.shutdown({}, done)),
};
