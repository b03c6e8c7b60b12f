// Calls nobody. Prints what was loaded all the same of our engine and of node's clients, and what was added to the global object; a thread does too.
const { isMainThread, Worker } = require('node:worker_threads');

const engine = Object.keys(require.cache).some((file) => file.endsWith('register.bundle.cjs'));
const clients = process.moduleLoadList.filter((name) => /^NativeModule (http|https|http2|tls|net)$/.test(name));
console.log(
  isMainThread ? 'main' : 'thread',
  engine,
  clients.length,
  Object.getOwnPropertySymbols({ ...globalThis }).length,
);
if (isMainThread) new Worker(__filename);
