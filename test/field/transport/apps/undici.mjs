// What an installed undici does before and between its requests.
import { Agent, fetch, interceptors, request } from 'undici';

const base = process.env.URL;
const quiet = (promise) =>
  Promise.resolve(promise).then(
    (r) => r.body?.cancel?.() ?? r.body?.dump(),
    (e) => console.log(e.code ?? e.cause?.code ?? e.name),
  );
const named = (path) => base.replace('127.0.0.1', 'nobody.invalid') + path;
const dns = new Agent().compose(interceptors.dns());
await quiet(request(named('/dns-request'), { dispatcher: dns }));
await quiet(fetch(named('/dns-fetch'), { dispatcher: dns }));
await quiet(request(`${base}/argument`, { headers: { a: 'b\u0001' } }));
const closed = new Agent();
await closed.close();
await quiet(request(`${base}/closed`, { dispatcher: closed }));
const follow = new Agent().compose(interceptors.redirect({ maxRedirections: 3, throwOnMaxRedirect: true }));
await quiet(request(`${base}/loop`, { dispatcher: follow }));
await quiet(request('http://127.0.0.1:1/refused', { dispatcher: new Agent().compose(interceptors.dns()) }));
const busy = new Agent({ connections: 1, pipelining: 1 });
const first = fetch(`${base}/slow/first`, { dispatcher: busy });
await quiet(fetch(`${base}/queued`, { dispatcher: busy, signal: AbortSignal.timeout(150) }));
await quiet(first);
await quiet(request(`${base}/good`));
await quiet(fetch(`${base}/good`));
