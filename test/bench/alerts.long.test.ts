import { beforeAll, describe, expect, it } from 'vitest';
import { evaluate, type Outcome } from '../../bench/alerts/run.ts';
import { figures } from '../../bench/alerts/score.ts';

/** One of each kind of incident and the noises that tempt most: three minutes on a quiet machine. */
const SUBSET = [
  'steady',
  'cold starts',
  'renamed code',
  'scanner',
  'nightly high',
  'long blips',
  'few calls',
  '401 after deploy',
  '429 surge',
  'provider down',
  'flapping',
  'many codes',
  'idle then failing',
  'daily job',
  'hourly job',
  'calls hang',
  'Prometheus away',
  'calls missing',
  'one host of many',
];

describe('the shipped rules over two weeks of labelled incidents', () => {
  let outcome: Outcome;
  beforeAll(() => {
    outcome = evaluate({ seed: 1, every: 30, scenarios: SUBSET });
  }, 1_200_000);

  it('page for the incidents of every class, and for little else', () => {
    const { tally, missed } = outcome.shipped;
    expect(Object.keys(tally.classes).length).toBeGreaterThanOrEqual(12);
    expect(missed).toEqual([]);
    expect(figures([tally]).precision).toBeGreaterThanOrEqual(0.93);
    expect(tally.strayTickets).toBeLessThanOrEqual(20);
  });
  it('page in time, and once', () => {
    const { busyMedian, busyP90, fewMedian, fewP90, jobsLongest, pagesPerIncident } = figures([outcome.shipped.tally]);
    expect(busyMedian).toBeLessThanOrEqual(3);
    expect(busyP90).toBeLessThanOrEqual(6);
    expect(fewMedian).toBeLessThanOrEqual(2);
    expect(fewP90).toBeLessThanOrEqual(5);
    expect(jobsLongest).toBeLessThanOrEqual(4);
    expect(pagesPerIncident).toBeLessThanOrEqual(1.2);
  });
});
