// Puts its own timers and clock where the global ones were, as a test does, and says who asked for them.
import http from 'node:http';

const asked = [];
for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'])
  globalThis[name] = () => {
    asked.push(name);
    return { unref() {}, ref() {} };
  };
globalThis.Date = class extends Date {
  static now() {
    asked.push('Date');
    return 0;
  }
};
performance.now = () => {
  asked.push('performance');
  return 0;
};
const get = (path) =>
  new Promise((resolve) => {
    http.get(process.argv[2] + path, (answer) => answer.resume().on('end', () => resolve(answer.statusCode)));
  });
console.log(await get('/fine'), await get('/fails'), asked.join(' '));
