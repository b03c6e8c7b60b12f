import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ATTRIBUTES, LAYERS, METRICS, REASONS } from '../../src/contract/index.ts';

const document = readFileSync(join(import.meta.dirname, '../../docs/contract.md'), 'utf8');
const cells = (row: string): string[] =>
  row
    .split('|')
    .slice(1, -1)
    .map((c) => c.trim());
const tableUnder = (heading: string): string[][] => {
  const section = document.split(/^## /m).find((s) => s.startsWith(heading))!;
  return section
    .split('\n')
    .filter((l) => l.startsWith('|'))
    .slice(2)
    .map(cells);
};
const words = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map((m) => m[1]!);

describe('the documented contract and the code’s table', () => {
  it('agree on layers, stages, owners, first checks', () => {
    const documented = tableUnder('1.').map(([name, stage, owner, firstCheck, when]) => ({
      name: words(name!)[0],
      stage,
      owner,
      firstCheck,
      when,
    }));
    const code = LAYERS.map((l) => ({
      name: l.name,
      stage: l.stage ?? '–',
      owner: l.owner,
      firstCheck: l.firstCheck,
      when: l.when,
    }));
    expect(code).toEqual(documented);
  });

  it('agree on attribute names and types', () => {
    const rows = tableUnder('2.').filter(([name]) => name !== 'standard');
    expect(rows.length).toBeGreaterThan(20);
    for (const [names, types] of rows) {
      const list = words(names!).map((n, _, all) => (n.startsWith('.') ? all[0]!.replace(/\.[^.]+$/, n) : n));
      const declared = types!.split(',').map((t) => t.trim());
      list.forEach((name, i) => {
        expect(ATTRIBUTES, name).toHaveProperty([name]);
        expect((ATTRIBUTES as Record<string, { type: string }>)[name]!.type, name).toBe(declared[i] ?? declared[0]);
      });
    }
  });

  it('agree on metric names, types and labels', () => {
    const rows = tableUnder('3.').filter(([name]) => !name!.includes('*'));
    const code = new Map(Object.values(METRICS).map((m) => [m.name as string, m]));
    expect(rows.map((r) => words(r[0]!)[0]).sort()).toEqual([...code.keys()].sort());
    for (const [name, type, labels] of rows) {
      const metric = code.get(words(name!)[0]!)!;
      expect(type, metric.name).toContain(metric.type);
      expect([...metric.labels], metric.name).toEqual(words(labels!.split(':')[0]!).flatMap((l) => l.split(' ')));
    }
  });

  it('gives every reason a layer that exists', () => {
    const names = LAYERS.map((l) => l.name);
    for (const [reason, { layers }] of Object.entries(REASONS))
      for (const layer of layers) expect(names, reason).toContain(layer);
    for (const layer of names)
      expect(
        Object.values(REASONS).some((r) => (r.layers as readonly string[]).includes(layer)),
        layer,
      ).toBe(true);
  });
});
