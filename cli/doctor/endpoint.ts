import { METHODS } from 'node:http';
import { answerFindings, outcomeOf } from './answers.ts';
import { type Context, type Finding, mismatch, note, ok, type Subject, stops, unknown } from './base.ts';
import { grpcFinding } from './service.ts';

/** Step 1: is it the right place, asked in the right way? */
export async function endpoint(context: Context): Promise<Finding[]> {
  const still = [...urlFindings(context.subject), methodFinding(context.subject)];
  return stops(still) ? still : [...still, ...(await answered(context))];
}

function* urlFindings({ raw, url, headers }: Subject): Generator<Finding> {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  yield ok('URL', `${url.protocol.slice(0, -1)}, host ${url.hostname}, port ${port}, path ${url.pathname}`);
  if (url.protocol === 'https:' && url.port === '80')
    yield mismatch('port', 'https on port 80', 'port 80 speaks plain HTTP', 'leave the port out');
  if (url.protocol === 'http:' && url.port === '443')
    yield mismatch('port', 'http on port 443', 'port 443 speaks TLS', 'use https://');
  if (url.protocol === 'http:' && headers.some(([name]) => /^(authorization|x-api-key|api-key|cookie)$/i.test(name)))
    yield note('scheme', 'credentials over plain http', 'anybody on the way can read them', 'use https://');
  const unescaped = /[\s"<>^`{|}\\]|[^\u0000-\u007f]/.exec(raw.replace(/^https?:\/\/[^/?#]*/i, ''));
  if (unescaped)
    yield note(
      'encoding',
      `${JSON.stringify(unescaped[0])} stands unescaped in the URL`,
      'clients differ in what they send for it; fetch encodes, node:http throws',
      'encodeURIComponent each segment and value',
    );
  if (/%(?![\da-f]{2})/i.test(url.pathname + url.search))
    yield mismatch('encoding', 'a % without two hex digits', 'servers answer 400', 'write % as %25');
  if (/%25[\da-f]{2}/i.test(url.pathname + url.search))
    yield note('encoding', '%25 and two hex digits', 'looks encoded twice: the server sees a literal %xx');
  if (/\/\//.test(url.pathname))
    yield note('path', 'an empty segment (//)', 'often a base URL ending in / before a path beginning with /');
  if (/\/(undefined|null|NaN|\[object%20Object\])(\/|$)/.test(url.pathname))
    yield mismatch(
      'path',
      'a segment reads undefined, null, NaN or [object Object]',
      'a variable was empty when the URL was built',
      'look where this path is put together',
    );
  if (url.hash) yield note('fragment', `#${url.hash.length - 1} characters`, 'a fragment is never sent');
}

function methodFinding({ method, body }: Subject): Finding {
  if (!METHODS.includes(method))
    return mismatch('method', method, 'not a method Node can send', 'methods are upper-case words');
  if ((method === 'GET' || method === 'HEAD') && body)
    return note('method', `${method} with a body`, 'it has no meaning (RFC 9110 §9.3.1); proxies drop or refuse it');
  return ok('method', method);
}

/** Where there is no answer why, else where it leads, whether it is gRPC's, and what it says about the endpoint. */
async function answered(context: Context): Promise<Finding[]> {
  const { method, url } = context.subject;
  const { status, said, judged, header } = await outcomeOf(context);
  const run = await context.answer();
  if (status === undefined) {
    const notSent = run.layer
      ? `none (${run.layer}: ${run.reason}); see transport`
      : `not asked: ${method} is only sent with --send`;
    return [unknown('answer', run.refused ? `not asked: ${run.refused}; --allow-private asks it` : notSent)];
  }
  if (status >= 300 && status < 400) {
    const target = URL.parse(header('location') ?? '', url);
    const means =
      method === 'GET' || method === 'HEAD'
        ? 'the resource lives elsewhere; each call pays for a second one'
        : `clients repeat a ${method} as GET after 301, 302 and 303, and drop credentials for another host`;
    if (target?.href === url.href)
      return [mismatch('answer', `${said} to itself`, 'a loop', 'it may wait for a cookie, a header or https')];
    const to = target ? `${target.origin}${target.pathname}` : 'nowhere';
    return [mismatch('answer', `${said} to ${to}`, means, 'call the target itself')];
  }
  const grpc = context.subject.grpc === undefined ? undefined : grpcFinding(run, judged);
  return grpc === undefined ? answerFindings('endpoint', context) : [grpc];
}
