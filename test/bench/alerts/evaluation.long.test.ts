import { beforeAll, describe, expect, it } from 'vitest';
import { evaluate, type Outcome } from '../../../bench/alerts/run.ts';
import { concerns, type Figures, figures } from '../../../bench/alerts/score.ts';
import { SMALL } from '../../../bench/alerts/small.ts';

/** Minutes on a busy machine: two simulated weeks in a real Prometheus, asked every shipped expression. */
const PATIENCE = 1_200_000;

describe('the shipped rules over two weeks of labelled incidents', () => {
  let outcome: Outcome;
  let reached: Figures;
  beforeAll(async () => {
    outcome = await evaluate({ seed: 1, scenarios: SMALL, statics: false });
    reached = figures([outcome.shipped]);
  }, PATIENCE);

  it('have incidents of every kind to find', () => {
    expect(outcome.shipped.incidents).toBeGreaterThanOrEqual(50);
    expect(new Set(outcome.score.labelled.map((i) => i.scenario)).size).toBeGreaterThanOrEqual(6);
  });
  it('page for the incidents', () => {
    expect(outcome.score.missed).toEqual([]);
    expect(reached.recall).toBe(1);
  });
  it('page for little else', () => {
    expect(reached.precision).toBeGreaterThanOrEqual(0.98);
    expect(reached.falsePerWeek).toBeLessThanOrEqual(2);
  });
  it('page in time', () => {
    expect(reached.medianMinutes).toBeLessThanOrEqual(3);
    // Services with few calls are a quarter of this world's incidents; they wait for their fourth failure and longer.
    expect(reached.p90Minutes).toBeLessThanOrEqual(8);
  });
  it('page once', () => {
    expect(reached.pagesPerIncident).toBeLessThanOrEqual(1.2);
  });
  it('leave few tickets behind', () => {
    const stray = outcome.score.judged.filter(
      (n) => n.severity === 'ticket' && !outcome.score.labelled.some((i) => concerns(n, i)),
    );
    expect(stray.length).toBeLessThanOrEqual(10);
  });
});
