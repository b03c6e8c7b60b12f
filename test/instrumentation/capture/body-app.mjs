// Posts one body through every client it has; each call fails. Plain Node, run with `--require faultlayer/register`.
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';

const [url, h2url, ...undicis] = process.argv.slice(2);
const BODY = '{"kind":"conference","password":"hunter2"}';
const headers = { 'content-type': 'application/json' };
const init = { method: 'POST', headers };

await (await fetch(`${url}/fetch/text`, { ...init, body: BODY })).text();
await (await fetch(`${url}/fetch/stream`, { ...init, body: new Blob([BODY]).stream(), duplex: 'half' })).text();
for (const path of undicis) {
  const { request } = createRequire(import.meta.url)(path);
  const name = path.split('/').at(-1);
  await (await request(`${url}/${name}/text`, { ...init, body: BODY })).body.text();
  await (
    await request(`${url}/${name}/stream`, { ...init, body: Readable.from([BODY.slice(0, 5), BODY.slice(5)]) })
  ).body.text();
}
const req = http.request(`${url}/http`, init);
req.write(BODY.slice(0, 5));
req.end(BODY.slice(5));
const [res] = await once(req, 'response');
res.resume();
await once(res, 'end');
const session = http2.connect(h2url);
const stream = session.request({ ':path': '/http2', ':method': 'POST', ...headers });
stream.resume();
stream.end(BODY);
await once(stream, 'close');
session.close();
