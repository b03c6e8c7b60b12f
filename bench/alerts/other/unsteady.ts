import { DAY, DAYS, HOUR } from '../world.ts';
import { type Add, between, code, usual } from './services.ts';
import { type Chance, trapezoid } from './shapes.ts';

/** Jobs, and services that do not call every day. */
export function unsteady(c: Chance, add: Add): void {
  for (let i = 0; i < 4; i++) {
    const service = `report-${i}`;
    const hour = between(c, 0, 22, service);
    const length = between(c, 15, 110, service, 'length');
    const runs = Array.from({ length: DAYS }, (_, day) => ({
      at: day * DAY + hour * HOUR,
      calls: 150 + 300 * i,
      length,
    }));
    const bad = runs[4 + i]!;
    add(
      {
        service,
        provider: `${service}.test`,
        rate: () => 0,
        blips: false,
        runs,
        codes: [code('tls', '', (t) => Number(Math.abs(t - bad.at) < HOUR))],
      },
      { scenario: 'other: report', start: bad.at, onset: bad.at + length, end: bad.at + length + 300, due: 'page' },
    );
  }
  for (let i = 0; i < 4; i++) {
    const service = `weekly-${i}`;
    // Nothing from Friday evening on, then all fails on Monday of the second week.
    const s = usual(c, service, 3);
    const start = 7 * DAY + 6 * HOUR;
    const open = (t: number) => t % (7 * DAY) < 4.7 * DAY && (t < 7 * DAY || t >= start);
    const shape = trapezoid(start - 60, start + HOUR, 30, 60, 1);
    add(
      {
        ...s,
        rate: (t) => (open(t) ? s.rate(t) : 0),
        blips: false,
        codes: [code('payload', 'validation', (t) => Math.max(s.codes[0]!.ratio(t), shape(t)))],
      },
      { scenario: 'other: after a weekend', start, onset: start, end: start + HOUR, due: 'page' },
    );
  }
}
