import { DAY, DAYS, HOUR, type Incident, MINUTE, type Run } from '../world.ts';
import { type Add, between, code, usual } from './services.ts';
import { type Chance, trapezoid, wobble } from './shapes.ts';

type Times = readonly [start: number, end: number];
const due = (scenario: string, [start, end]: Times, onset = start + 30, of: Incident['due'] = 'page') =>
  ({ scenario: `other: ${scenario}`, start, onset, end, due: of }) as const;
const hourOf = (t: number) => (t % DAY) / HOUR;

/** The classes of the first generator that smooth noise and trapezoids alone do not have. */
export function harder(c: Chance, add: Add): void {
  const times = (name: string, i: number, minutes: number): Times => {
    const start = Math.round(between(c, 3, 12, name, i, 'at') * DAY);
    return [start, start + minutes * MINUTE];
  };
  const steady = (service: string, perSecond: number) => {
    const jitter = wobble(c, `${service} steady`, 40, 0.2);
    return { ...usual(c, service, perSecond), rate: (t: number) => perSecond * jitter(t) };
  };
  const WORSE = [
    [0.15, 0.42],
    [0.3, 0.7],
    [0.4, 0.8],
    [0.35, 0.66],
  ] as const;
  for (const [i, [before, then]] of WORSE.entries()) {
    const at = times('worse', i, 70);
    const shape = trapezoid(...at, 60, 120, then - before);
    const noise = wobble(c, `worse ${i}`, 300, 0.25);
    const ratio = (t: number) => (before + shape(t)) * noise(t);
    add({ ...steady(`worse-${i}`, 3), codes: [code('endpoint', 'no_such_item', ratio)] }, due('worse', at));
  }
  for (let i = 0; i < 3; i++) {
    const first = times('long', i, 7 * 60);
    const next: Times = [first[1] + (4 + 2 * i) * HOUR, first[1] + (5 + 2 * i) * HOUR];
    const [long, later] = [trapezoid(...first, 60, 60, 0.65), trapezoid(...next, 60, 60, 0.32)];
    const s = steady(`again-${i}`, 4);
    add(
      { ...s, codes: [...s.codes, code('service', 'overloaded', (t) => Math.max(long(t), later(t)))] },
      due('after an outage', first),
      due('after an outage', next),
    );
  }
  for (let i = 0; i < 3; i++) {
    const s = steady(`early-${i}`, 2);
    const at: Times = [(4 + i) * DAY + 6 * HOUR, (4 + i) * DAY + 7 * HOUR];
    const shape = trapezoid(at[0] - 60, at[1], 30, 60, 0.26 + 0.09 * i);
    add(
      {
        ...s,
        rate: (t) => (hourOf(t) >= 6 && hourOf(t) < 20 ? s.rate(t) : 0),
        codes: [...s.codes, code('auth', 'session_expired', shape)],
      },
      due('morning', at, at[0]),
    );
  }
  for (let i = 0; i < 4; i++) {
    const at = times('few', i, 140);
    const s = steady(`rare-${i}`, (1.5 + 2 * i) / 60);
    const ratio = trapezoid(...at, 30, 60, [1, 0.8, 0.9, 0.7][i]!);
    add({ ...s, codes: [...s.codes, code('service', 'internal', ratio)] }, due('few', at, at[0]));
  }
  for (let i = 0; i < 2; i++) {
    const at = times('floor', i, 120);
    const s = steady(`canary-${i}`, 60);
    add(
      { ...s, codes: [...s.codes, code('auth', 'bad_signature', trapezoid(...at, 60, 60, 0.036))] },
      due('three percent', at),
    );
  }
  for (let i = 0; i < 2; i++) {
    const at = times('flap', i, 150);
    const s = steady(`flap-${i}`, 4);
    const ratio = (t: number) => (t >= at[0] && t < at[1] && (t - at[0]) % (25 * MINUTE) < 4.5 * MINUTE ? 0.45 : 0);
    add({ ...s, codes: [...s.codes, code('service', 'flapping', ratio)] }, { ...due('flapping', at), most: 2 });
  }
  jobs(c, add, times);
  silent(add, times, steady);
  tempting(c, add, steady);
}

type Steady = (service: string, perSecond: number) => ReturnType<typeof usual>;
type TimesOf = (name: string, i: number, minutes: number) => Times;

function jobs(c: Chance, add: Add, times: TimesOf): void {
  for (let i = 0; i < 4; i++) {
    const [calls, decides] = i < 2 ? [12, 0] : [3, 1];
    const offset = Math.floor(between(c, 100, 3000, 'small', i));
    const runs = Array.from(
      { length: DAYS * 24 },
      (_, n): Run => ({ at: n * HOUR + offset, calls: calls!, length: 30 }),
    );
    const at = times('small', i, 7 * 60);
    const bad = runs.filter((run) => run.at > at[0] && run.at < at[1]);
    const [first, last] = [bad[0]!, bad.at(-1)!];
    const ratio = (t: number) => Number(t >= first.at - 60 && t < last.at + 600);
    add(
      {
        service: `small-${i}`,
        provider: `small-${i}.test`,
        rate: () => 0,
        blips: false,
        runs,
        codes: [code('service', 'down', ratio)],
      },
      due('small job', [first.at, last.at + 330], bad[decides!]!.at + 30),
    );
  }
}

/** Nothing is counted as a failure, or only by one host. */
function silent(add: Add, times: TimesOf, steady: Steady): void {
  for (let i = 0; i < 2; i++) {
    const hung = times('hang', i, 35);
    const s = steady(`hang-${i}`, 2 + i);
    const hangs = (t: number) => t >= hung[0] && t < hung[1];
    add(
      {
        ...s,
        rate: (t) => (hangs(t) ? 0 : s.rate(t)),
        inFlight: (t) => (hangs(t) ? [3 + 2 * (t - hung[0]), t - hung[0]] : [2 + (t % 3), 0.4 + (t % 13) / 9]),
      },
      due('hang', hung, hung[0]),
    );
    const gone = times('gone', i, 120);
    const g = steady(`gone-${i}`, 1);
    add({ ...g, rate: (t) => (t >= gone[0] && t < gone[1] ? 0 : g.rate(t)) }, due('no calls', gone, gone[0], 'ticket'));
    const left = times('left', i, 90);
    add(
      { ...steady(`left-${i}`, 2), cancels: (t) => [0.02 * i + trapezoid(...left, 300, 300, 0.4)(t), true] },
      due('given up', left, left[0], 'ticket'),
    );
    const slow = times('slower', i, 180);
    add(
      { ...steady(`slower-${i}`, 2), p95: (t) => (t >= slow[0] && t < slow[1] ? 4 : 1) * (0.07 + 0.04 * i) },
      due('slower', slow, slow[0], 'ticket'),
    );
    const host = times('host', i, 170);
    add(
      { ...steady(`host-${i}`, 5), hosts: { n: 20 + 20 * i, broken: (t) => t >= host[0] && t < host[1] } },
      due('one host', host, host[0], 'ticket'),
    );
  }
}

/** What looks like an incident and is none, or is one to some. */
function tempting(c: Chance, add: Add, steady: Steady): void {
  for (let i = 0; i < 2; i++) {
    const s = steady(`start-${i}`, 2);
    const deploys = Array.from({ length: 20 }, (_, n) => Math.round(between(c, 0, DAYS, 'deploy', i, n) * DAY));
    const restarts = deploys.toSorted((x, y) => x - y);
    const cold = (t: number) => (restarts.some((at) => t >= at && t < at + 140) ? 0.08 : 0);
    add({ ...s, restarts, codes: [...s.codes, code('service', 'warming', cold)] });
    const lull = (t: number) => 0.02 + 0.5 * Math.max(0, Math.sin(((hourOf(t) - 6) / 24) * 2 * Math.PI)) ** 2;
    add({
      ...steady(`lull-${i}`, 1),
      rate: lull,
      blips: false,
      codes: [code('auth', 'stale', (t) => 0.004 / lull(t))],
    });
    add({ ...steady(`break-${i}`, 1), rate: (t) => (t % (4 * HOUR) < 50 * MINUTE ? 0 : 1) });
    const runs = Array.from({ length: 2 * DAYS }, (_, n) => ({
      at: Math.round((n + c('probe', i, n)) * (DAY / 2)),
      calls: 6,
      length: 100,
    }));
    const probed = (t: number) => Number(runs.some((run) => t >= run.at && t < run.at + 110));
    add({ ...steady(`probe-${i}`, 0.0012), blips: false, runs, codes: [code('endpoint', 'not_here', probed)] });
    const typed = (t: number) => (hourOf(t) > 9 + i && hourOf(t) < 10 + 3 * i ? 0.4 : 0.05);
    add({ ...steady(`typed-${i}`, 2), cancels: (t) => [typed(t), i === 1] });
    const b = steady(`hiccup-${i}`, 3);
    const hiccups = Array.from({ length: 10 }, (_, n): Times => {
      const at = Math.round(between(c, 1, DAYS - 1, 'hiccup', i, n) * DAY);
      return [at, at + between(c, 90, 120, 'length', i, n)];
    });
    const ratio = (t: number) => (hiccups.some(([from, to]) => t >= from && t < to) ? 0.5 : 0);
    add(
      { ...b, codes: [...b.codes, code('wait', 'slow', ratio)] },
      ...hiccups.map((at) => due('hiccup', at, at[0], 'either')),
    );
  }
}
