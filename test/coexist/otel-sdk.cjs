/** Starts the OpenTelemetry SDK as its documentation says, whatever its line: the application hands over the packages it has. */
module.exports = ({ trace }, { NodeSDK }, { HttpInstrumentation }, { UndiciInstrumentation }) => {
  const http = () => [new HttpInstrumentation(), new UndiciInstrumentation()];
  const sdk = new NodeSDK({ instrumentations: process.env.APP_WITHOUT_HTTP === 'yes' ? [] : http() });
  sdk.start();
  return { inSpan: require('./in-span.cjs')(trace), stop: () => sdk.shutdown() };
};
