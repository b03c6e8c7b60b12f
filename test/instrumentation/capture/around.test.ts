import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, expect, it } from 'vitest';
import { around } from '../../../instrumentation/capture/around.ts';
import { limit } from '../../support/limits.ts';

const NAME = 'faultlayer.test.around';
const told: string[] = [];
afterEach(() => {
  told.length = 0;
});
const say = (word: string) => () => void told.push(word);

it('comes before and after all subscribers, also those that join later or alone', () => {
  const undo = around(NAME, say('before'), say('after'));
  expect(channel(NAME).hasSubscribers).toBe(true);
  channel(NAME).publish({});
  const other = say('other');
  subscribe(NAME, other);
  channel(NAME).publish({});
  unsubscribe(NAME, other);
  channel(NAME).publish({});
  undo();
  expect(told).toEqual(['before', 'after', 'before', 'other', 'after', 'before', 'after']);
});

limit('an own `publish`', () => {
  const undo = around(NAME, say('before'), say('after'));
  expect(Object.getOwnPropertyDescriptor(channel(NAME), 'publish')?.enumerable).toBe(false);
  undo();
  channel(NAME).publish({});
  expect(told).toEqual([]);
  expect(channel(NAME).hasSubscribers).toBe(false);
  expect(Object.getOwnPropertyNames(channel(NAME))).not.toContain('publish');
});

it('two copies stand around each other', () => {
  const undo = [around(NAME, say('<1'), say('1>')), around(NAME, say('<2'), say('2>'))];
  channel(NAME).publish({});
  expect(told).toEqual(['<2', '<1', '1>', '2>']);
  for (const each of undo.reverse()) each();
  channel(NAME).publish({});
  expect(told).toHaveLength(4);
});
