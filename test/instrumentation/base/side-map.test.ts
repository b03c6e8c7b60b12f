import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { beside } from '../../../instrumentation/base/side-map.ts';

it('keeps a value for an object, the newest', () => {
  const notes = beside<object, number>();
  const [one, other] = [{}, {}];
  notes.set(one, 1);
  notes.set(one, 2);
  expect([notes.get(one), notes.has(one)]).toEqual([2, true]);
  expect([notes.get(other), notes.has(other)]).toEqual([undefined, false]);
});

it('keeps two notes on one object apart', () => {
  const [a, b] = [beside<object, string>(), beside<object, string>()];
  const object = {};
  a.set(object, 'a');
  expect(b.has(object)).toBe(false);
  b.set(object, 'b');
  expect([a.get(object), b.get(object)]).toEqual(['a', 'b']);
});

it('shows nothing of it to anybody', () => {
  const object = { own: 1 };
  beside<object, string>().set(object, 'hidden');
  expect(Reflect.ownKeys(object)).toEqual(['own']);
  expect(inspect(object, { showHidden: true, showProxy: true })).toBe('{ own: 1 }');
  expect(JSON.stringify({ ...object, structured: structuredClone(object) })).toBe('{"own":1,"structured":{"own":1}}');
  expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
});

it('does not keep the object alive', async () => {
  const notes = beside<object, object>();
  let object: object | undefined = {};
  notes.set(object, { back: object });
  const ref = new WeakRef(object);
  object = undefined;
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let i = 0; i < 10 && ref.deref(); i++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  expect(ref.deref()).toBeUndefined();
});
