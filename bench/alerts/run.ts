import { type Alert, rulesFor } from '../../alerts/groups.ts';
import { askedOf } from './asked.ts';
import { notifications } from './notify.ts';
import { Database } from './promql/evaluate.ts';
import { type Node, seconds } from './promql/parse.ts';
import { type Column, type Grid, momentsOf } from './promql/series.ts';
import { type Score, score } from './score.ts';
import { scrape, world } from './simulate.ts';
import { STATIC_RULES } from './static-rules.ts';
import { type Firing, firings } from './timeline.ts';
import { countFromEighth, END, EPOCH, type Every, STEP, type Stream, type World } from './world.ts';

export interface Outcome {
  readonly services: number;
  readonly samples: number;
  readonly shipped: Score;
  /** The usual rules by their names; empty when they were not asked. */
  readonly statics: Readonly<Record<string, Score>>;
}

export interface Ask {
  readonly seed: number;
  readonly every: Every;
  readonly scenarios?: readonly string[];
  readonly statics?: boolean;
  /** Another generator of streams and incidents. */
  readonly make?: typeof world;
}

/** group_wait of the shipped routing, in seconds. */
const GROUP_WAIT = 5;
const parsed = new Map<string, Node>();
const gridOf = (interval: string): Grid => {
  const step = seconds(interval);
  return { start: Math.ceil(EPOCH / step) * step, step, n: Math.floor(END / step) };
};

/** Two simulated weeks of one seed through the shipped rules. All rules look at one provider alone, so providers go one by one. */
export function evaluate({ seed, every, scenarios, statics = false, make = world }: Ask): Outcome {
  const made = make(seed, every, scenarios);
  countFromEighth(made);
  const groups = rulesFor();
  const found: Firing[] = [];
  const usual = new Map<string, Firing[]>(STATIC_RULES.map((s) => [s.name, []]));
  let samples = 0;
  for (const streams of Map.groupBy(made.streams, (s) => s.provider).values()) {
    const database = new Database(parsed, made.away.length > 0 ? isAway(made) : undefined);
    samples += fill(database, streams, made, seed);
    for (const g of groups)
      for (const r of g.rules) if ('record' in r) database.record(r.record, gridOf(g.interval), r.expr, r.labels);
    for (const alert of askedOf(groups)) found.push(...alertFirings(database, alert, made));
    if (statics)
      for (const rule of STATIC_RULES) {
        const grid = gridOf('1m');
        const columns = database
          .query(rule.expr, grid)
          .map((c) => ({ ...c, labels: { ...c.labels, severity: 'page' } }));
        usual.get(rule.name)!.push(...firings(rule.name, columns, grid, { wait: rule.wait, keep: 0 }));
      }
  }
  const judge = (of: readonly Firing[]) => score(notifications(of, GROUP_WAIT), made);
  return {
    services: new Set(made.streams.map((s) => s.service)).size,
    samples,
    shipped: judge(found),
    statics: statics ? Object.fromEntries([...usual].map(([name, of]) => [name, judge(of)])) : {},
  };
}

function fill(database: Database, streams: readonly Stream[], made: World, seed: number): number {
  let samples = 0;
  for (const stream of streams)
    for (const { name, series } of scrape(stream, made, seed)) {
      const list = database.scraped.get(name) ?? [];
      database.scraped.set(name, list);
      list.push(series);
      samples += series.times.length;
    }
  return samples;
}

/** Moments without Prometheus. */
const isAway =
  (made: World) =>
  (t: number): boolean =>
    made.away.some(([from, to]) => t - EPOCH >= from && t - EPOCH < to);

/** Tickets are for the working day; two minutes between two looks do not change them. */
const TICKET_STEP = 120;

function alertFirings(database: Database, alert: Alert, made: World): Firing[] {
  const grid = gridOf(alert.labels['severity'] === 'page' ? `${STEP}s` : `${TICKET_STEP}s`);
  const columns = database.query(alert.expr, grid).map((c) => ({
    values: c.values,
    labels: { ...c.labels, ...alert.labels, owner: ownerOf(alert, c) },
  }));
  const waits = { wait: seconds(alert.for), keep: seconds(alert.keep_firing_for) };
  return firings(
    alert.alert,
    columns,
    grid,
    waits,
    Uint8Array.from(momentsOf(grid), (t) => Number(isAway(made)(t))),
  );
}

/** The templated owner label, as Prometheus would fill it in. */
const ownerOf = (alert: Alert, { labels }: Column): string =>
  alert.labels['owner']!.includes('{{') ? labels['api_failure_owner']! : alert.labels['owner']!;
