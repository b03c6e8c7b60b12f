import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHttpFile } from '../../src/http-file/parse.ts';
import { substitute } from '../../src/http-file/variables.ts';

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
    variable: (name: string) => ({ host: 'https://{{name}}', name: 'api.test', loop: '{{loop}}' })[name],
    environment: (name: string) => (name === 'TOKEN' ? 's3cret' : undefined),
    nowMs: () => 1_700_000_000_000,
    uuid: () => 'uuid',
    random: () => 4,
  };
  it('are filled, also inside values, and reported when they have none', () => {
    expect(substitute('{{host}}/{{ name }} {{$processEnv TOKEN}} {{$env.TOKEN}}', scope).text).toBe(
      'https://api.test/api.test s3cret s3cret',
    );
    expect(substitute('{{$timestamp}} {{$guid}} {{$randomInt 1 9}}', scope).text).toBe('1700000000 uuid 5');
    expect(substitute('{{nope}} {{loop}} {{$processEnv NOPE}}', scope).missing).toEqual([
      'nope',
      'loop',
      '$processEnv NOPE',
    ]);
  });
});
