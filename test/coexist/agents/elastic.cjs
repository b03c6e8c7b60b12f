const apm = require('elastic-apm-node').start({
  serverUrl: 'http://127.0.0.1:1',
  serviceName: 'app',
  logLevel: 'off',
  centralConfig: false,
  cloudProvider: 'none',
  metricsInterval: '0s',
});
const inSpan = async (name, fn) => {
  const transaction = apm.startTransaction(name, 'job');
  await fn();
  transaction.end();
};
// an agent that was destroyed throws into every later http.request
module.exports = { inSpan, stop: () => {} };
