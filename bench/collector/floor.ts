import { createServer } from 'node:http';

/** What a request costs a Node server that does nothing with it: read the body, answer 200. No collector on node:http can cost less. */
const server = () =>
  createServer((req, res) => {
    req
      .resume()
      .once('end', () => res.writeHead(200, { 'content-type': 'application/x-protobuf', 'content-length': 0 }).end());
  });
for (const port of ['BENCH_OTLP_PORT', 'BENCH_HTTP_PORT']) server().listen(Number(process.env[port]), '127.0.0.1');
