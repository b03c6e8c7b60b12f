// The application under watch: makes every call of the list it is given, ignores how they end, and says when it is done.
// Plain Node, run with `--require faultlayer/register`.
import { readFileSync } from 'node:fs';
import http from 'node:http';

const calls = JSON.parse(readFileSync(process.argv[2], 'utf8'));

const byHttp = (call) =>
  new Promise((resolve) => {
    const options = {
      method: call.method,
      headers: call.headers,
      ...(call.auth === undefined ? {} : { auth: call.auth }),
    };
    const request = http.request(call.url, options, (response) => {
      response.on('error', resolve);
      response.on('end', resolve);
      response.resume();
    });
    request.on('error', resolve);
    request.end(call.body);
  });

function abortedSoon(reason) {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error(reason)), 200);
  return controller.signal;
}

async function byFetch(call) {
  const response = await fetch(call.url, {
    method: call.method,
    headers: call.headers,
    redirect: call.redirect ?? 'follow',
    ...(call.body === undefined ? {} : { body: call.body }),
    ...(call.abort === undefined ? {} : { signal: AbortSignal.abort(new Error(call.abort)) }),
    ...(call.abortInFlight === undefined ? {} : { signal: abortedSoon(call.abortInFlight) }),
  });
  await response.text();
}

for (const call of calls) {
  try {
    await (call.client === 'http' ? byHttp(call) : byFetch(call));
  } catch {
    // Failing is what these calls are for.
  }
}

// The service's own metrics, before it ends.
const port = process.env.FAULTLAYER_METRICS_PORT;
if (port !== undefined) {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  process.stdout.write(await response.text());
}
