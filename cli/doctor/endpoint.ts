import { METHODS } from 'node:http';
import { type Context, outcomeOf, type Subject } from './context.ts';
import { grpcStatusOf } from './grpc.ts';
import { type Finding, mismatch, note, ok, unknown } from './report.ts';

/** Step 1: is it the right place, asked in the right way? */
export async function endpoint(context: Context): Promise<Finding[]> {
  const still = [...urlFindings(context.subject), methodFinding(context.subject)];
  return still.some((f) => f.verdict === 'mismatch') ? still : [...still, await answerFinding(context)];
}

function urlFindings({ raw, url, headers }: Subject): Finding[] {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const findings: Finding[] = [
    ok('URL', `${url.protocol.slice(0, -1)}, host ${url.hostname}, port ${port}, path ${url.pathname}`),
  ];
  if (url.protocol === 'https:' && url.port === '80')
    findings.push(mismatch('port', 'https on port 80', 'port 80 speaks plain HTTP', 'leave the port out'));
  if (url.protocol === 'http:' && url.port === '443')
    findings.push(mismatch('port', 'http on port 443', 'port 443 speaks TLS', 'use https://'));
  if (url.protocol === 'http:' && headers.some(([name]) => /^(authorization|x-api-key|api-key|cookie)$/i.test(name)))
    findings.push(note('scheme', 'credentials over plain http', 'anybody on the way can read them', 'use https://'));
  const unescaped = /[\s"<>^`{|}\\]|[^\u0000-\u007f]/.exec(raw.replace(/^https?:\/\/[^/?#]*/i, ''));
  if (unescaped)
    findings.push(
      note(
        'encoding',
        `${JSON.stringify(unescaped[0])} stands unescaped in the URL`,
        'clients differ in what they send for it; fetch encodes, node:http throws',
        'encodeURIComponent each segment and value',
      ),
    );
  if (/%(?![\da-f]{2})/i.test(url.pathname + url.search))
    findings.push(mismatch('encoding', 'a % without two hex digits', 'servers answer 400', 'write % as %25'));
  if (/%25[\da-f]{2}/i.test(url.pathname + url.search))
    findings.push(note('encoding', '%25 and two hex digits', 'looks encoded twice: the server sees a literal %xx'));
  if (/\/\//.test(url.pathname))
    findings.push(note('path', 'an empty segment (//)', 'often a base URL ending in / before a path beginning with /'));
  if (/\/(undefined|null|NaN|\[object%20Object\])(\/|$)/.test(url.pathname))
    findings.push(
      mismatch(
        'path',
        'a segment reads undefined, null, NaN or [object Object]',
        'a variable was empty when the URL was built',
        'look where this path is put together',
      ),
    );
  if (url.hash) findings.push(note('fragment', `#${url.hash.length - 1} characters`, 'a fragment is never sent'));
  return findings;
}

function methodFinding({ method, body }: Subject): Finding {
  if (!METHODS.includes(method))
    return mismatch('method', method, 'not a method Node can send', 'methods are upper-case words');
  if ((method === 'GET' || method === 'HEAD') && body)
    return note('method', `${method} with a body`, 'it has no meaning (RFC 9110 §9.3.1); proxies drop or refuse it');
  return ok('method', method);
}

async function answerFinding(context: Context): Promise<Finding> {
  const { method, url } = context.subject;
  const { status, layer, said, judged, header } = await outcomeOf(context);
  const run = await context.answer();
  if (status === undefined) {
    if (run.refused) return unknown('answer', `not asked: ${run.refused}; --allow-private asks it`);
    return unknown(
      'answer',
      run.layer ? `none (${run.layer}: ${run.reason}); see transport` : `not asked: ${method} is only sent with --send`,
    );
  }
  const wrong = (seen: string, means: string, next: string): Finding => mismatch('answer', seen, means, next);
  if (status >= 300 && status < 400) {
    const location = header('location');
    const target = location && URL.canParse(location, url) ? new URL(location, url) : undefined;
    return wrong(
      `${said} to ${target ? `${target.origin}${target.pathname}` : 'nowhere'}`,
      method === 'GET' || method === 'HEAD'
        ? 'the resource lives elsewhere; each call pays for a second one'
        : `clients repeat a ${method} as GET after 301, 302 and 303, and drop credentials for another host`,
      'call the target itself',
    );
  }
  const grpc = context.subject.grpc === undefined ? 0 : grpcStatusOf(run);
  if (grpc === undefined && judged)
    return wrong(
      `${said}, no grpc-status`,
      'what answers does not speak gRPC',
      'check port, and which balancer answers',
    );
  if (grpc === 5 || grpc === 12)
    return wrong(
      grpc === 5 ? 'NOT_FOUND: no such service' : 'UNIMPLEMENTED: no grpc.health.v1.Health',
      'the server speaks gRPC; its health cannot be asked so',
      grpc === 5 ? 'compare the name with what the server registers' : 'register the health service, or call a method',
    );
  if (layer !== 'endpoint')
    return judged
      ? ok('answer', `${said} to ${method}: the path and method exist`)
      : unknown('answer', `${said} to ${method}: says nothing about path and method`);
  const allow = header('allow');
  if (status === 405 || status === 501)
    return wrong(
      `${said} to ${method}${allow ? `, Allow: ${allow}` : ''}`,
      'the path exists, this method does not',
      allow ? `use ${allow}` : 'compare the method with the provider’s reference',
    );
  if (status === 410)
    return wrong(said, 'it was there and is gone for good', 'look for a newer version in the provider’s changelog');
  if (status === 421)
    return wrong(
      said,
      'the connection led to a server that is not responsible for this host',
      'look at DNS and at connection reuse between hosts',
    );
  return wrong(
    `${said} to ${method} ${url.pathname}`,
    pathMeaning(url),
    'compare path, version prefix, region and account host with the provider’s reference',
  );
}

const pathMeaning = ({ pathname }: URL): string =>
  [
    'nothing is there for this path, or these credentials may not know that it exists',
    /\/v\d+(\/|$)/.test(pathname) ? undefined : 'the path has no version prefix (/v1/ …)',
    pathname.length > 1 && pathname.endsWith('/') ? 'it ends in a slash, which many servers tell apart' : undefined,
  ]
    .filter(Boolean)
    .join('; ');
