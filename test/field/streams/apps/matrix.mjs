// Makes the calls of a file, some at a time, and prints what the application got of each. Arguments: file, servers of HTTP/1 and of HTTP/2.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';

const [file, plain, second] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true });
let two;

const open = {
  fetch: async (path, signal) => (await fetch(plain + path, { method: 'POST', signal })).body,
  async http(path, signal) {
    const request = http.request(plain + path, { method: 'POST', signal, agent }).end();
    return (await once(request, 'response'))[0];
  },
  async http2(path, signal) {
    two ??= http2.connect(second);
    const stream = two.request({ ':path': path, ':method': 'POST' }, { signal });
    stream.end();
    await once(stream, 'response');
    return stream;
  },
};

async function call({ client, path, length, end }) {
  const aborts = new AbortController();
  let got = 0;
  let raised = '';
  const sum = createHash('sha256');
  try {
    for await (const chunk of await open[client](path, aborts.signal)) {
      got += chunk.length;
      sum.update(chunk);
      if (end === 'open' && got === length) aborts.abort();
    }
  } catch (error) {
    raised = [error.name, error.code, error.cause?.code, error.message].join(' ');
  }
  console.log(JSON.stringify({ path, client, got, sum: sum.digest('hex'), raised }));
}

const calls = JSON.parse(readFileSync(file, 'utf8'));
const worker = async () => {
  for (let next = calls.shift(); next !== undefined; next = calls.shift()) await call(next);
};
await Promise.all(Array.from({ length: 16 }, worker));
two?.close();
agent.destroy();
