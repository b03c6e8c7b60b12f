import { expect, it } from 'vitest';
import { Aggregator, Exposition } from '../../../src/aggregate/index.ts';
import { parsePage, sumOf } from '../../support/exposition.ts';

it('shows nothing in flight once a whole report has none', () => {
  const aggregator = new Aggregator();
  const exposition = new Exposition(aggregator);
  const shown = () =>
    sumOf(parsePage(new TextDecoder().decode(exposition.render('text'))), 'api_client_in_flight', { phase: 'wait' });
  aggregator.beginReport(true);
  aggregator.report('inFlight', { service: 's', provider: 'p', phase: 'wait', instance: 'a', value: 3 });
  expect(shown()).toBe(3);
  aggregator.beginReport(true);
  expect(shown()).toBe(0);
});
