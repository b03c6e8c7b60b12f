import { isRedacted } from '../../src/evidence/request.ts';
import { type Context, outcomeOf, type Subject } from './context.ts';
import { type Finding, mismatch, note, ok, unknown } from './report.ts';
import { plural } from './words.ts';

/** Step 3: is what is sent what the provider reads? */
export async function payload(context: Context): Promise<Finding[]> {
  const findings = [...bodyFindings(context.subject)];
  const { body, schema } = context.subject;
  if (schema !== undefined && findings.some((f) => f.check === 'JSON' && f.verdict === 'ok')) {
    const { schemaFinding } = await import('./schema.ts');
    findings.push(schemaFinding(JSON.parse(body!), schema));
  }
  if (findings.some((f) => f.verdict === 'mismatch')) return findings;
  const { status, layer, code, message, said, judged } = await outcomeOf(context);
  if (status === undefined) return findings;
  if (layer !== 'payload') {
    const answer = judged
      ? ok('answer', `${said}: the body was not what it objected to`)
      : unknown('answer', `${said}: says nothing about the body`);
    return [...findings, answer];
  }
  const why = [code, message].filter(Boolean).join(': ');
  return [
    ...findings,
    mismatch(
      'answer',
      `${said}${why ? `, ${why}` : ''}`,
      MEANS[status] ?? 'the provider read the request and refuses what it says',
      NEXT[status] ?? 'compare the named field with the provider’s reference',
    ),
  ];
}

const MEANS: Readonly<Record<number, string>> = {
  402: 'a payment or a plan limit, not the form of the request',
  406: 'the provider cannot answer in the form Accept asks for',
  409: 'the state on the other side does not allow it: a duplicate, or a newer version',
  411: 'the provider wants a Content-Length; the client sends chunks',
  412: 'If-Match or another precondition does not hold any more',
  413: 'the body is larger than the provider takes',
  414: 'the URL is longer than the provider takes',
  415: 'the provider does not read this Content-Type',
  422: 'well-formed, but a value is not acceptable',
  428: 'the provider wants If-Match, so that updates are not lost',
  431: 'the headers are larger than the provider takes; often a cookie or token that grew',
};
const NEXT: Readonly<Record<number, string>> = {
  402: 'look at the account’s plan and balance',
  409: 'read the current state before writing again',
  411: 'send a string or buffer instead of a stream',
  415: 'set Content-Type to what the reference names',
  428: 'send If-Match with the ETag just read',
};

function* bodyFindings({ body, headers, method, record }: Subject): Generator<Finding> {
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  if (body === undefined || body === '') {
    yield ['POST', 'PUT', 'PATCH'].includes(method)
      ? unknown('body', `none given for ${method}; --body <file> looks at it`)
      : ok('body', `none, as ${method} has it`);
    return;
  }
  yield ok('body', `${plural(Buffer.byteLength(body), 'byte')}`);
  if (body === record?.requestBody && isRedacted(body))
    yield note(
      'body',
      'as kept, with [secret] and the like for values that were not',
      'they are not what was sent',
      '--body <file> looks at the real one',
    );
  if (type === undefined)
    yield mismatch(
      'Content-Type',
      'none',
      'the provider must guess, and most answer 400 or 415',
      looksJson(body) ? 'content-type: application/json' : 'name what it is',
    );
  else if (
    /json/i.test(type) !== looksJson(body) &&
    !/multipart|octet-stream/i.test(type) &&
    (looksJson(body) || /json/i.test(type))
  )
    yield mismatch(
      'Content-Type',
      `${type}, but the body ${looksJson(body) ? 'is' : 'is not'} JSON`,
      'header and body contradict each other',
      looksJson(body) ? 'content-type: application/json' : 'send JSON, or name what it is',
    );
  else yield ok('Content-Type', type);
  if (body.startsWith('\ufeff'))
    yield mismatch('encoding', 'begins with a byte order mark', 'JSON parsers refuse it', 'write it without BOM');
  if (/^(\[object Object\]|undefined|null)$/.test(body.trim())) {
    yield mismatch('body', `reads '${body.trim()}'`, 'an object became text instead of JSON', 'JSON.stringify it');
    return;
  }
  if (/json/i.test(type ?? '') || looksJson(body)) yield* jsonFindings(body);
}

const looksJson = (body: string): boolean => /^\s*[{[]/.test(body);

function* jsonFindings(body: string): Generator<Finding> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (error) {
    const at = Number(/position (\d+)/.exec((error as Error).message)?.[1] ?? Number.NaN);
    const lines = body.slice(0, at).split('\n');
    const where = Number.isNaN(at) ? 'at its end' : `at line ${lines.length}, column ${lines.at(-1)!.length + 1}`;
    yield mismatch(
      'JSON',
      `not valid ${where}`,
      'no provider can read it',
      'single quotes, trailing commas, comments and NaN are not JSON',
    );
    return;
  }
  yield ok('JSON', 'valid');
  const odd = oddities(value);
  if (odd.nulls.length > 0)
    yield note('nulls', odd.nulls.slice(0, 5).join(', '), 'null is not the same as leaving the field out');
  if (odd.texts.length > 0)
    yield note('values', odd.texts.slice(0, 5).join(', '), 'a variable was empty when the text was made');
}

/** Paths of nulls and of texts that were variables once. */
function oddities(root: unknown): { nulls: string[]; texts: string[] } {
  const nulls: string[] = [];
  const texts: string[] = [];
  const todo: [string, unknown][] = [['', root]];
  for (let seen = 0; todo.length > 0 && seen < 10_000; seen++) {
    const [path, value] = todo.pop()!;
    if (value === null) nulls.push(path || '(root)');
    else if (typeof value === 'string' && /^(undefined|null|NaN|\[object Object\])$/.test(value))
      texts.push(path || '(root)');
    else if (typeof value === 'object')
      for (const [key, inner] of Object.entries(value).reverse())
        todo.push([Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`, inner]);
  }
  return { nulls, texts };
}
