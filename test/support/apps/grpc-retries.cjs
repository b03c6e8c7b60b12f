// A gRPC call that its channel sends three times: two answers are UNAVAILABLE.
const { createServer } = require('node:http2');
const grpc = require('@grpc/grpc-js');

const seen = [];
const server = createServer();
server.on('stream', (stream, headers) => {
  seen.push(headers['grpc-previous-rpc-attempts'] ?? 'none');
  const head = { ':status': 200, 'content-type': 'application/grpc' };
  if (seen.length < 3) return stream.respond({ ...head, 'grpc-status': '14' }, { endStream: true });
  stream.respond(head, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(Buffer.alloc(5));
});
const retryPolicy = {
  maxAttempts: 4,
  initialBackoff: '0.01s',
  maxBackoff: '0.02s',
  backoffMultiplier: 1,
  retryableStatusCodes: ['UNAVAILABLE'],
};
const config = JSON.stringify({ methodConfig: [{ name: [{ service: 'acme.v1.Items' }], retryPolicy }] });
const bytes = (value) => value;
server.listen(0, '127.0.0.1', () => {
  const client = new grpc.Client(`127.0.0.1:${server.address().port}`, grpc.credentials.createInsecure(), {
    'grpc.service_config': config,
  });
  client.makeUnaryRequest('/acme.v1.Items/Get', bytes, bytes, Buffer.from('x'), (error) => {
    console.log(error?.code ?? 'ok', seen.join());
    client.close();
    server.close();
  });
});
