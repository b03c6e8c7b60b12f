import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseHttpFile } from '../../cli/http-file/parse.ts';
import { substitute } from '../../cli/http-file/variables.ts';

const FILE = `@host = https://api.test
@id = 42
# a comment

### Get a charge
# @name getCharge
GET {{host}}/v1/charges/{{id}}
    ?expand=customer
    &page=2 HTTP/1.1
Accept: application/json
// another comment
Authorization: Bearer {{$processEnv TOKEN}}

### Create
POST {{host}}/v1/charges
Content-Type: application/json

{
  "id": "{{id}}"
}

> {%
  client.test("x", function() {});
%}

###
// @expect 404
{{host}}/nothing

### upload
PUT {{host}}/file

< ./payload.bin

### only a comment
# nothing here
`;

describe('an .http file', () => {
  const file = parseHttpFile(FILE);

  it('is read as both editors read it', () => {
    expect(file.problems).toEqual([]);
    expect([...file.variables]).toEqual([
      ['host', 'https://api.test'],
      ['id', '42'],
    ]);
    expect(file.requests.map((r) => [r.name, r.line, r.method, r.url])).toEqual([
      ['getCharge', 7, 'GET', '{{host}}/v1/charges/{{id}}?expand=customer&page=2'],
      ['Create', 15, 'POST', '{{host}}/v1/charges'],
      ['request 3', 28, 'GET', '{{host}}/nothing'],
      ['upload', 31, 'PUT', '{{host}}/file'],
    ]);
    expect(file.requests[0]!.headers).toEqual([
      ['Accept', 'application/json'],
      ['Authorization', 'Bearer {{$processEnv TOKEN}}'],
    ]);
    expect(file.requests[1]).toMatchObject({ body: '{\n  "id": "{{id}}"\n}', ignored: ['script'] });
    expect(file.requests[2]).toMatchObject({ expect: '404' });
    expect(file.requests[3]).toMatchObject({ bodyFile: { path: './payload.bin', substitute: false } });
  });

  it('says what it cannot read, with the line', () => {
    expect(parseHttpFile('### a\nFETCH it now\n').problems).toEqual([expect.stringContaining('line 2')]);
    expect(parseHttpFile('GET http://h/\nno header\n').problems).toEqual([expect.stringContaining('line 2')]);
  });

  it('never throws', () => {
    const line = fc.oneof(
      fc.constantFrom('###', '< x', '> {%', '%}', '@a = {{a}}', 'GET http://h', '# @name', '', '<@', ': x'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        parseHttpFile(lines.join('\n'));
      }),
      { numRuns: 500, seed: 3 },
    );
  });
});

describe('variables', () => {
  const scope = {
    variables: new Map(Object.entries({ host: 'https://{{name}}', name: 'api.test', loop: '{{loop}}' })),
    environment: { TOKEN: 's3cret' },
  };
  afterEach(() => void vi.useRealTimers());
  it('are filled, also inside values, and reported when they have none', () => {
    expect(substitute('{{host}}/{{ name }} {{$processEnv TOKEN}} {{$env.TOKEN}}', scope).text).toBe(
      'https://api.test/api.test s3cret s3cret',
    );
    vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_999 });
    expect(substitute('{{$timestamp}} {{$isoTimestamp}}', scope).text).toBe('1700000000 2023-11-14T22:13:20.999Z');
    expect(substitute('{{$guid}}', scope).text).toMatch(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/);
    const drawn = Array.from({ length: 200 }, () => substitute('{{$randomInt 1 3}}', scope).text);
    expect(new Set(drawn)).toEqual(new Set(['1', '2']));
    expect(substitute('{{nope}} {{loop}} {{$processEnv NOPE}}', scope).missing).toEqual([
      'nope',
      'loop',
      '$processEnv NOPE',
    ]);
  });
});
