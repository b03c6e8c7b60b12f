import { isRedacted } from '../../src/evidence/request.ts';
import { plural } from '../paint.ts';
import { answerFindings } from './answers.ts';
import { type Context, type Finding, mismatch, note, ok, type Subject, stops, unknown } from './base.ts';

/** Step 3: is what is sent what the provider reads? */
export async function payload(context: Context): Promise<Finding[]> {
  const { body, schema } = context.subject;
  const findings = [...bodyFindings(context.subject)];
  if (schema !== undefined && findings.some((f) => f.check === 'JSON' && f.verdict === 'ok'))
    findings.push(await schemaFinding(JSON.parse(body!), schema));
  return stops(findings) ? findings : [...findings, ...(await answerFindings('payload', context))];
}

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
  else if (/json/i.test(type) !== looksJson(body) && !/multipart|octet-stream/i.test(type))
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

/** Unknown fields count as wrong only where the schema says so (`additionalProperties: false`). */
async function schemaFinding(value: unknown, schema: unknown): Promise<Finding> {
  const { z } = await import('../bundled.ts');
  let type: ReturnType<typeof z.fromJSONSchema>;
  try {
    type = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  } catch (error) {
    return unknown('schema', `cannot be used: ${(error as Error).message}`);
  }
  const problems = (type.safeParse(value).error?.issues ?? []).map(
    (issue) => `${issue.path.join('.') || '(root)'}: ${issue.message}`,
  );
  if (problems.length === 0) return ok('schema', 'every field fits');
  const count = `${plural(problems.length, 'field')} not as the schema has ${problems.length === 1 ? 'it' : 'them'}`;
  return mismatch('schema', problems.slice(0, 5).join('; '), count, 'mend these first');
}
