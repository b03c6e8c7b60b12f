import { isIdempotencyHeader } from '../providers/index.ts';
import type { FailureRecord } from './record.ts';
import { merge, type Part, variableName } from './shell.ts';

/** A request with its secrets left out: what `curl` text is printed from and what `faultlayer replay` fills and sends. */
export interface RequestTemplate {
  readonly method: string;
  readonly url: readonly Part[];
  readonly headers: readonly (readonly [name: string, value: readonly Part[]])[];
  readonly body?: string;
  /** The whole body was not kept: it comes from the file that the variable `BODY_FILE` names. */
  readonly bodyFromFile?: boolean;
  /** What curl’s `--user` gets: HTTP basic, or the key pair that signs an AWS request. */
  readonly user?: readonly Part[];
  /** Path of the unix socket to send it over. */
  readonly unixSocket?: string;
  /** Sign as AWS Signature Version 4. */
  readonly awsSigv4?: boolean;
}

/** The variable that names the file with a body too long to be kept. */
export const BODY_FILE = 'BODY_FILE';

/** What the redactor writes in a secret’s place (semantic conventions, `url.full`). */
export const REDACTED = 'REDACTED';

/** The request of a record with placeholders for every secret, or undefined where its URL cannot be asked again over HTTP. */
export function requestOf(record: FailureRecord): RequestTemplate | undefined {
  const url = URL.canParse(record.url) ? new URL(record.url) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  const basicInUrl = url.username !== '' || url.password !== '';
  url.username = '';
  url.password = '';
  url.hash = '';
  const scheme = basicInUrl ? 'basic' : record.authScheme;
  const headers = record.headers
    // A kept body is text: its coding was undone.
    .filter(([name]) => record.requestBody === undefined || name.toLowerCase() !== 'content-encoding')
    .filter(([name, value]) => TOKEN.test(name) && !OWN.has(name.toLowerCase()) && !CONTROL.test(value))
    .filter(([name]) => scheme === undefined || name.toLowerCase() !== 'authorization')
    .map(([name, value]) => [name, partsOf(value, KEY_HEADER.test(name) ? 'API_KEY' : name)] as const);
  const has = (name: string): boolean => headers.some(([n]) => n.toLowerCase() === name);
  const known = scheme ?? 'none';
  const credentials = Object.hasOwn(CREDENTIALS, known) ? CREDENTIALS[known]! : other(known);
  const cut = record.requestBodyCut === true;
  const keyed = headers.some(([name]) => KEY_HEADER.test(name));
  const idempotency =
    record.idempotent && !headers.some(([name]) => isIdempotencyHeader(name))
      ? [['idempotency-key', [{ variable: 'IDEMPOTENCY_KEY' }]] as const]
      : [];
  return {
    method: TOKEN.test(record.method) ? record.method : 'GET',
    url: urlParts(url),
    headers: [
      ...headers,
      ...credentials.headers.filter(([name]) => !has(name) && !(keyed && scheme === 'api-key')),
      ...idempotency,
      ...(record.requestBody === undefined || has('content-type') ? [] : [contentType(record.requestBody)]),
    ],
    ...(record.unixSocket === undefined ? {} : { unixSocket: record.unixSocket }),
    ...(credentials.user ? { user: credentials.user } : {}),
    ...(credentials.awsSigv4 ? { awsSigv4: true } : {}),
    ...(record.requestBody === undefined ? {} : cut ? { bodyFromFile: true } : { body: record.requestBody }),
  };
}

/** Headers that are a credential by themselves. */
const KEY_HEADER = /^(?:[a-z]{1,16}-){0,4}(?:api-?key|auth-token|private-token|subscription-key|access-token)$/i;

/** curl would claim a form for any body; an unknown type is left out instead. */
const contentType = (body: string): readonly [string, readonly Part[]] => [
  'content-type',
  /^\s*[{[]/.test(body) ? ['application/json'] : [],
];

interface Credentials {
  readonly headers: readonly (readonly [string, readonly Part[]])[];
  readonly user?: readonly Part[];
  readonly awsSigv4?: boolean;
}

const CREDENTIALS: Readonly<Record<string, Credentials>> = {
  none: { headers: [] },
  bearer: { headers: [['authorization', ['Bearer ', { variable: 'API_TOKEN' }]]] },
  basic: { headers: [], user: [{ variable: 'API_USER' }, ':', { variable: 'API_PASSWORD' }] },
  'api-key': { headers: [['x-api-key', [{ variable: 'API_KEY' }]]] },
  'aws4-hmac-sha256': {
    headers: [['x-amz-security-token', [{ variable: 'AWS_SESSION_TOKEN' }]]],
    user: [{ variable: 'AWS_ACCESS_KEY_ID' }, ':', { variable: 'AWS_SECRET_ACCESS_KEY' }],
    awsSigv4: true,
  },
};

const other = (scheme: string): Credentials =>
  TOKEN.test(scheme)
    ? { headers: [['authorization', [`${scheme} `, { variable: 'API_CREDENTIALS' }]]] }
    : { headers: [] };

/** RFC 9110 §5.6.2 token: header names and methods. */
export const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

// No field value holds them (RFC 9110 §5.5), but for a tab that a terminal would take as a key.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

// Set by every client itself; repeating a recorded value would break the copy.
const OWN = new Set(['host', 'content-length', 'transfer-encoding', 'connection', 'accept-encoding', 'te']);

function urlParts(url: URL): Part[] {
  const query = url.search.slice(1);
  const path = partsOf(`${url.origin}${url.pathname}`, 'API_SECRET');
  if (query === '') return path;
  const pairs = query.split('&').flatMap((pair, i): Part[] => {
    const at = pair.indexOf('=');
    const key = at < 0 ? pair : pair.slice(0, at);
    return [i === 0 ? '?' : '&', ...(at < 0 ? [pair] : [`${key}=`, ...partsOf(pair.slice(at + 1), key)])];
  });
  return merge([...path, ...pairs]);
}

/** Splits at the redactor’s mark; what stands for a secret becomes a variable named after its place. */
function partsOf(text: string, name: string): Part[] {
  const pieces = text.split(REDACTED);
  return merge(pieces.flatMap((piece, i): Part[] => (i === 0 ? [piece] : [{ variable: variableName(name) }, piece])));
}

/** Every variable of a template, once, in order of appearance. */
export function variablesOf(template: RequestTemplate): string[] {
  const file = template.bodyFromFile ? [{ variable: BODY_FILE }] : [];
  const parts = [...template.url, ...template.headers.flatMap(([, value]) => value), ...(template.user ?? []), ...file];
  return [...new Set(parts.flatMap((part) => (typeof part === 'string' ? [] : [part.variable])))];
}

/** What the redactors write in a value's place. */
const BRACKETED =
  /\[(?:secret|token|email|card|iban|ssn|phone|ip|jwt|credentials|authorization|private key|cut|dropped: [^\]]{1,40})\]/;
/** Whether a kept body lacks values of the one that was sent. */
export const isRedacted = (body: string | undefined): boolean => body !== undefined && BRACKETED.test(body);
const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** What a person must know before running the copy of a request, one sentence each. */
export function notesOf(record: FailureRecord, template: RequestTemplate): string[] {
  const { requestBody } = record;
  const notes: string[] = [];
  if (template.bodyFromFile)
    notes.push('Only the start of the body was kept; $BODY_FILE names a file with the whole one.');
  else if (isRedacted(requestBody))
    notes.push('Words in brackets in the body, such as [secret], stand for values that were not kept.');
  else if (requestBody === undefined && WITH_BODY.has(template.method))
    notes.push(
      'The body was not recorded: add it with --data-raw, or set FAULTLAYER_CAPTURE_BODIES=true in the service for the next time.',
    );
  if (template.headers.some(([name]) => isIdempotencyHeader(name)))
    notes.push('Take a new idempotency key: for a known one a provider may repeat its old answer.');
  return notes;
}
