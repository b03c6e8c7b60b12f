// Every way to be refused before there is a request, at several depths of the application's own stack.
import http from 'node:http';
import https from 'node:https';

const signal = AbortSignal.abort();
const REFUSED = {
  header: () => http.request({ host: '127.0.0.1', headers: { 'bad header': 'x' } }),
  path: () => http.get('http://127.0.0.1/a', { path: '/a b' }),
  url: () => http.get('http://'),
  protocol: () => https.get('http://127.0.0.1/'),
  aborted: () => http.get('http://127.0.0.1:1/', { signal }),
};
const FETCHED = { 'http://': {}, nope: {}, 'ftp://x/': {}, 'http://127.0.0.1:1/': { signal } };
const deep = (n, f) => (n > 0 ? deep(n - 1, f) : f());
const stacks = {};
const note = (name, error) => {
  for (let at = error, i = 0; at; at = at.cause, i++) stacks[`${name} ${i}`] = at.stack;
};
for (const depth of [0, 1, 3, 8, 9, 10, 15]) {
  for (const [name, f] of Object.entries(REFUSED))
    await new Promise((done) => {
      const end = (error) => done(note(`${name} ${depth}`, error));
      try {
        deep(depth, f).on('error', end);
      } catch (error) {
        end(error);
      }
    });
  for (const [url, init] of Object.entries(FETCHED))
    await deep(depth, () => fetch(url, init)).catch((error) => note(`${url} ${depth}`, error));
}
console.log(JSON.stringify(stacks));
