// Reads a failing answer's large body in every way and prints what it got: hashes, how far the server could write ahead, the most memory used.
import { createHash } from 'node:crypto';
import http from 'node:http';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const [url, size] = process.argv.slice(2);
const target = `${url}/large/${size}`;
const get = (path) => new Promise((resolve, reject) => http.get(path, { agent: false }, resolve).on('error', reject));
const hashOf = async (chunks) => {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
};
/** What the server has managed to hand to the kernel of its newest answer. */
const written = async () => Number(await (await fetch(`${url}/written`)).text());
/** Settled: the same twice in a row. */
async function standsAt() {
  for (let last = -1; ; ) {
    const now = await written();
    if (now === last) return now;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
const WAYS = {
  async 'fetch, streamed'() {
    return hashOf((await fetch(target)).body);
  },
  async 'fetch, cloned'() {
    const response = await fetch(target);
    const [one, two] = await Promise.all([hashOf(response.clone().body), hashOf(response.body)]);
    return `${one} ${one === two}`;
  },
  async 'fetch, a part'() {
    const reader = (await fetch(target)).body.getReader();
    let bytes = 0;
    while (bytes < 100_000) bytes += (await reader.read()).value.length;
    await reader.cancel();
    return bytes >= 100_000;
  },
  async 'http, streamed'() {
    return hashOf(await get(target));
  },
  async 'http, a slow reader'() {
    const response = await get(target);
    const ahead = await standsAt();
    return `${ahead < Number(size) / 2} ${await hashOf(response)}`;
  },
  async 'fetch, a slow reader'() {
    const response = await fetch(target);
    const ahead = await standsAt();
    return `${ahead < Number(size) / 2} ${await hashOf(response.body)}`;
  },
  async 'http, piped'() {
    const hash = createHash('sha256');
    const slow = new Writable({
      highWaterMark: 1024,
      write(chunk, _encoding, done) {
        hash.update(chunk);
        setImmediate(done);
      },
    });
    await pipeline(await get(target), slow);
    return hash.digest('hex');
  },
  async 'http, never'() {
    const response = await get(target);
    const ahead = await standsAt();
    response.destroy();
    return ahead < Number(size) / 2;
  },
};
let most = 0;
const watch = setInterval(() => {
  const { heapUsed, external } = process.memoryUsage();
  most = Math.max(most, heapUsed + external);
}, 20).unref();
for (const [name, read] of Object.entries(WAYS)) console.log(name, await read());
clearInterval(watch);
process.stderr.write(`${most}`);
