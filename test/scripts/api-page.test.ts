import { describe, expect, it } from 'vitest';
import { readEntries } from '../../scripts/api-page.ts';

const entries = readEntries();
const exported = entries.flatMap((entry) => entry.exports.map((e) => ({ entry: entry.name, ...e })));

describe('the public surface', () => {
  it('is found', () => {
    expect(entries.map(({ name }) => name)).toContain('faultlayer/instrumentation');
    expect(exported.length).toBeGreaterThan(40);
  });

  it('says of each entry, export and member what it means', () => {
    const silent = [
      ...entries.filter(({ meaning }) => meaning === '').map(({ name }) => name),
      ...exported.filter(({ meaning }) => meaning === '').map(({ entry, name }) => `${entry} ${name}`),
      ...exported.flatMap(({ name, members }) =>
        members.filter(({ meaning }) => meaning === '').map((member) => `${name}.${member.name}`),
      ),
    ];
    expect(silent).toEqual([]);
  });

  it('says of each export how stable it is', () => {
    expect(exported.filter(({ stability }) => stability === undefined).map(({ name }) => name)).toEqual([]);
  });

  it('says of each number what it counts', () => {
    const unit = /\b(ms|milliseconds|seconds|bytes|MiB|port|number|epoch|bit|status)\b/i;
    const bare = exported.flatMap(({ name, members }) =>
      members
        .filter(({ type, meaning }) => /^number\b/.test(type) && !unit.test(meaning))
        .map((member) => `${name}.${member.name}`),
    );
    expect(bare).toEqual([]);
  });

  it('says of a function that can fail how', () => {
    expect(exported.find(({ name }) => name === 'startCollector')?.errors).toContain('StartError');
  });
});
