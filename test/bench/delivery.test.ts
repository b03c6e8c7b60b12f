import { describe, expect, it } from 'vitest';
import type { Row } from '../../bench/delivery.ts';
import { readResult } from '../../bench/support/result.ts';
import { allCells } from '../support/delivery/cells.ts';

describe('the committed table of what arrives when a process ends', () => {
  const { rows } = readResult<Row>('delivery');
  const takesNothing = ({ cell }: Row) => /(silent|refusing)$/.test(cell);

  it('has every cell, twenty tries each where the collector takes something', () => {
    const cells = [...allCells()].map((cell) => Object.values(cell).join(' '));
    expect(rows.map((row) => row.cell).toSorted()).toEqual(cells.toSorted());
    for (const row of rows) expect(row.tries, row.cell).toBe(takesNothing(row) ? 5 : 20);
  });

  it('shows no process that ended otherwise than without us', () => {
    expect(rows.filter((row) => row.same < row.tries)).toEqual([]);
  });

  it('is whole wherever something can be sent, but for the cells that docs/limits.md names', () => {
    const short = rows.filter((row) => row.exempt === undefined && row.arrived < row.tries);
    expect(short.map((row) => `${row.cell} ${row.arrived}`)).toEqual(['http refused sigterm adopted localhost 19']);
  });

  it('counts own spans that a silent or refusing collector did not take, and ends in time', () => {
    const ended = rows.filter(
      (row) => takesNothing(row) && row.exitMs && / (uncaught|rejection|exit|exit300) own /.test(row.cell),
    );
    expect(ended.length).toBe(32);
    expect(ended.filter((row) => row.lost < row.tries)).toEqual([]);
    expect(Math.max(...ended.map((row) => row.exitMs![1]))).toBeLessThanOrEqual(800);
  });
});
