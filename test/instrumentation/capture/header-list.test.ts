import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HeaderList } from '../../../instrumentation/capture/header-list.ts';

import { HeaderSet } from '../../../instrumentation/capture/header-set.ts';
import { headerName, sameNames } from '../../../instrumentation/capture/header-shape.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');

it('gives the name in lower case, from bytes and from text, whatever shares its slot', () => {
  const token = fc.string({ unit: fc.constantFrom(...'aAbBzZ09-_!é'), maxLength: 80 });
  fc.assert(
    fc.property(fc.array(token, { minLength: 1, maxLength: 40 }), (names) => {
      for (const name of [...names, ...names.toReversed()]) {
        expect(headerName(latin1(name))).toBe(latin1(name).toString('latin1').toLowerCase());
        expect(headerName(name)).toBe(name.toLowerCase());
      }
    }),
  );
});

it('does not mistake a name for another of the same length and hash', () => {
  expect(headerName(latin1('x-rate-a'))).toBe('x-rate-a');
  // first, middle and last letter alike
  expect(headerName(latin1('x-qate-a'))).toBe('x-qate-a');
  expect(headerName(latin1('x-rate-a'))).toBe('x-rate-a');
});

it('keeps nothing of the bytes it was given', () => {
  const bytes = latin1('X-Shared-Buffer');
  headerName(bytes);
  bytes.fill(0x61);
  expect(headerName(latin1('X-Shared-Buffer'))).toBe('x-shared-buffer');
  expect(headerName(bytes)).toBe('a'.repeat(15));
});

it('reads the first of a repeated header, and what was added later', () => {
  const flat: unknown[] = [latin1('Retry-After'), latin1('1'), 'retry-after', latin1('2'), 'X-Many', ['a', 'b']];
  const list = new HeaderList(flat);
  expect(list.names()).toEqual(['retry-after', 'x-many']);
  expect(list.first('retry-after')).toBe('1');
  expect(list.first('x-many')).toBe('a');
  expect(list.first('traceparent')).toBeUndefined();
  flat.push('traceparent', '00-1');
  expect(list.first('traceparent')).toBe('00-1');
  flat.splice(0, 2);
  expect(list.names()).toEqual(['retry-after', 'x-many', 'traceparent']);
  expect(list.first('retry-after')).toBe('2');
});

it('reads the object of an HTTP/2 answer', () => {
  const list = HeaderList.of({ ':status': 200, 'set-cookie': ['a', 'b'], empty: undefined });
  expect(list.first('set-cookie')).toBe('a');
  expect(list.first(':status')).toBe('200');
  expect(list.first('empty')).toBeUndefined();
});

it('gives one array for the same names in the same order, and never that of others', () => {
  const name = fc.constantFrom('host', 'date', 'accept', 'cookie', 'x-a', 'x-b');
  fc.assert(
    fc.property(fc.array(fc.array(name, { maxLength: 5 }), { minLength: 1, maxLength: 40 }), (lists) => {
      for (const names of [...lists, ...lists.toReversed()]) expect(sameNames([...names])).toEqual(names);
    }),
  );
  expect(sameNames(['host', 'x-a'])).toBe(sameNames(['host', 'x-a']));
});

it('says whether a list has one of some names, of a list asked about before as well', () => {
  const keys = new HeaderSet(['x-api-key', 'apikey']);
  const [without, having] = [
    ['host', 'accept'],
    ['host', 'apikey'],
  ];
  for (let i = 0; i < 2; i++) {
    expect(keys.meets(without)).toBe(false);
    expect(keys.meets(having)).toBe(true);
  }
});
