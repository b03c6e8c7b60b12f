// What is no deadline although a timer may have its hand in it.
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const u = process.env.URL;
const ask = (name, controller) => fetch(`${u}/${name}`, { signal: controller.signal }).catch(() => {});

// a search that is typed further: each key sets the timer anew, and what it starts ends the older call
let current;
let timer;
const search = (name) => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    current?.abort();
    current = new AbortController();
    void ask(name, current);
  }, 300);
};
search('debounce');
await sleep(400);
search('second');
await sleep(500);
current.abort();

// the newest wins
const older = new AbortController();
void ask('newest-wins', older);
await sleep(200);
const newer = new AbortController();
void ask('newer', newer);
older.abort();
setImmediate(() => newer.abort());

// a hedge: a second call after a while, and whoever answers first ends the other
const hedged = new AbortController();
const first = ask('hedge', hedged);
const second = new Promise((done) => setTimeout(() => done(fetch(`${u}/fast`)), 200));
await Promise.race([first, second]);
hedged.abort();

// a page that is left: its timer was there before its call
const page = new AbortController();
setTimeout(() => page.abort(), 500);
await sleep(200);
await ask('unmount', page);

// polling that is started anew by an interval
const polled = new AbortController();
const interval = setInterval(() => polled.abort(), 300);
await ask('interval', polled);
clearInterval(interval);

// docs/limits.md: an awaited sleep and a race are no timer's callback
const slept = new AbortController();
void ask('awaited-sleep', slept);
await sleep(300);
slept.abort();
const raced = new AbortController();
await Promise.race([ask('race', raced), sleep(300)]);
raced.abort();

// a user's click, by http
await new Promise((done) => {
  const request = http.get(`${u}/http-click`).on('error', done);
  setTimeout(() => setImmediate(() => request.destroy()), 300);
});
await sleep(1200);
