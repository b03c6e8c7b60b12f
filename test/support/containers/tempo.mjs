// Stands in for Tempo in a container test: listens where its configuration says, takes OTLP, counts what came.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parse } from 'yaml';

const file = process.argv.find((argument) => argument.startsWith('-config.file=')).split('=')[1];
const config = parse(readFileSync(file, 'utf8'));
const received = { requests: 0, bytes: 0 };

createServer((request, response) => {
  let bytes = 0;
  request.on('data', (chunk) => (bytes += chunk.length));
  request.on('end', () => {
    if (request.url === '/v1/traces') {
      received.requests += 1;
      received.bytes += bytes;
    }
    response.writeHead(request.url === '/v1/traces' ? 200 : 404, {
      'content-type': request.headers['content-type'] ?? 'text/plain',
    });
    response.end(request.headers['content-type'] === 'application/json' ? '{}' : '');
  });
}).listen(Number(config.distributor.receivers.otlp.protocols.http.endpoint.split(':')[1]));

createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(received));
}).listen(config.server.http_listen_port);
process.on('SIGTERM', () => process.exit(0));
