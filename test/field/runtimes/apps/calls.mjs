// Calls by each client that the runtime has of its own, prints what came back, and ends as asked.
import http from 'node:http';
import http2 from 'node:http2';

const [url, refused, end] = process.argv.slice(2);
const saw = [];

async function byFetch(target) {
  try {
    const answer = await fetch(target);
    saw.push(`fetch ${answer.status} ${await answer.text()}`);
  } catch (error) {
    saw.push(`fetch ${error.name}: ${error.message}`);
  }
}

const byHttp = (target) =>
  new Promise((done) => {
    const told = (what) => {
      saw.push(`http ${what}`);
      done();
    };
    http
      .get(target, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (piece) => {
          text += piece;
        });
        answer.on('end', () => told(`${answer.statusCode} ${text}`));
      })
      .on('error', (error) => told(error.code));
  });

async function byHttp2() {
  const server = http2.createServer((_, answer) => answer.writeHead(503).end('busy'));
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const session = http2.connect(`http://127.0.0.1:${server.address().port}`);
  await new Promise((done) => {
    const stream = session.request({ ':path': '/http2' });
    stream.on('response', (headers) => saw.push(`http2 ${headers[':status']}`));
    stream.resume().on('end', done);
    stream.end();
  });
  session.close();
  server.close();
}

for (const call of [byFetch, byHttp]) {
  await call(`${url}/ok`);
  await call(`${url}/denied`);
  await call(`${refused}/refused`);
}
await byHttp2();
// what an application may look at
saw.push(`${fetch.name} ${fetch.length} ${Object.keys(fetch)} ${http.get.name} ${http.request.length}`);
console.log(saw.join('\n'));
if (end === 'exit') process.exit(4);
if (end === 'throw') throw new Error('of the application');
process.exitCode = 3;
