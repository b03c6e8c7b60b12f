// What no way of tracing can take less than: to listen to the clients' channels; with BENCH_FLOOR=header also to draw a span's ID and send it.
const { subscribe } = require('node:diagnostics_channel');
const { randomBytes } = require('node:crypto');

let hex = '';
let next = 0;
function traceparent() {
  if (next === hex.length) [hex, next] = [randomBytes(24 * 64).toString('hex'), 0];
  next += 48;
  return `00-${hex.slice(next - 48, next - 16)}-${hex.slice(next - 16, next)}-01`;
}
const SENDS = process.env.BENCH_FLOOR === 'header';
const onUndici = ({ request }) => request.addHeader('traceparent', traceparent());
const onHttp = ({ request }) => request.setHeader('traceparent', traceparent());
subscribe('undici:request:create', SENDS ? onUndici : () => {});
subscribe('http.client.request.created', SENDS ? onHttp : () => {});
const UNDICI = ['client:sendHeaders', 'request:bodySent', 'request:headers', 'request:trailers', 'request:error'];
const HTTP = ['request.start', 'response.finish', 'request.error'];
for (const name of UNDICI) subscribe(`undici:${name}`, () => {});
for (const name of HTTP) subscribe(`http.client.${name}`, () => {});
