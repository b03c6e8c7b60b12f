/** Starts the OpenTelemetry SDK as its documentation says, whatever its line: the application hands over the packages it has. */
module.exports = ({ trace }, { NodeSDK }, { HttpInstrumentation }, { UndiciInstrumentation }) => {
  const sdk = new NodeSDK({ instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()] });
  sdk.start();
  return { inSpan: require('./in-span.cjs')(trace), stop: () => sdk.shutdown() };
};
