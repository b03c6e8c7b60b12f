import http from 'node:http';
import sinon from 'sinon';

const toFake = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'Date', 'performance'];
const clock = sinon.useFakeTimers({ toFake });
const get = (path) =>
  new Promise((resolve) => {
    http.get(process.env.URL + path, (answer) => answer.resume().on('end', () => resolve(answer.statusCode)));
  });
for (const path of ['/real', '/other']) {
  console.log(await get(path), clock.countTimers());
  clock.tick(100_000);
  clock.runAll();
}
clock.restore();
process.exit(0);
