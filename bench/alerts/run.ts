import { type Alert, type Group, rulesFor } from '../../alerts/groups.ts';
import type { RecordingRule } from '../../alerts/recorded.ts';
import { askedOf } from './asked.ts';
import { notifications } from './notify.ts';
import { Database } from './promql/evaluate.ts';
import { type Node, seconds } from './promql/parse.ts';
import { type Column, type Grid, MISSING } from './promql/series.ts';
import { type Score, score } from './score.ts';
import { scrape, world } from './simulate.ts';
import { STATIC_RULES } from './static-rules.ts';
import { type Firing, firings } from './timeline.ts';
import { END, EPOCH, type Every, STEP, type Stream, type World } from './world.ts';

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
export const gridOf = (interval: string): Grid => {
  const step = seconds(interval);
  return { start: Math.ceil(EPOCH / step) * step, step, n: Math.floor(END / step) };
};

/** Two simulated weeks of one seed through the shipped rules. All rules look at one provider alone, so providers go one by one. */
export function evaluate({ seed, every, scenarios, statics = false, make = world }: Ask): Outcome {
  const made = make(seed, every, scenarios);
  const groups = rulesFor();
  const found: Firing[] = [];
  const usual = new Map<string, Firing[]>(STATIC_RULES.map((s) => [s.name, []]));
  let samples = 0;
  for (const streams of Map.groupBy(made.streams, (s) => s.provider).values()) {
    const database = new Database(parsed);
    samples += fill(database, streams, made, seed);
    record(database, groups, made);
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

export function fill(database: Database, streams: readonly Stream[], made: World, seed: number): number {
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
function awayOf(made: World, grid: Grid): Uint8Array {
  const mask = new Uint8Array(grid.n);
  for (let i = 0; i < grid.n; i++) {
    const t = grid.start + i * grid.step - EPOCH;
    mask[i] = Number(made.away.some(([from, to]) => t >= from && t < to));
  }
  return mask;
}

const without = (columns: readonly Column[], away: Uint8Array): Column[] =>
  columns.map((c) => ({ ...c, values: c.values.map((x, i) => (away[i] === 1 ? MISSING : x)) }));

/** Records the groups' series, each after those that it reads: a group may read of one that stands below it. */
export function record(database: Database, groups: readonly Group[], made: World): void {
  const waiting = groups.flatMap((g) =>
    g.rules.flatMap((r) => ('record' in r ? [{ rule: r as RecordingRule, grid: gridOf(g.interval) }] : [])),
  );
  while (waiting.length > 0) {
    const names = new Set(waiting.map((w) => w.rule.record));
    const next = waiting.findIndex(({ rule }, i) => {
      const own = waiting.slice(0, i).some((w) => w.rule.record === rule.record);
      return !own && [...(rule.expr.match(/[\w:]+/g) ?? [])].every((word) => word === rule.record || !names.has(word));
    });
    if (next < 0) throw new Error(`recording rules go round in a circle: ${[...names].join(', ')}`);
    const [{ rule, grid }] = waiting.splice(next, 1) as [(typeof waiting)[number]];
    database.keep(rule.record, grid, without(database.query(rule.expr, grid), awayOf(made, grid)), rule.labels);
  }
}

/** Tickets are for the working day; two minutes between two looks do not change them. */
const TICKET_STEP = 120;

function alertFirings(database: Database, alert: Alert, made: World): Firing[] {
  const grid = gridOf(alert.labels['severity'] === 'page' ? `${STEP}s` : `${TICKET_STEP}s`);
  const columns = database.query(alert.expr, grid).map((c) => ({
    values: c.values,
    labels: { ...c.labels, ...alert.labels, owner: ownerOf(alert, c) },
  }));
  const waits = { wait: seconds(alert.for), keep: seconds(alert.keep_firing_for) };
  return firings(alert.alert, columns, grid, waits, awayOf(made, grid));
}

/** The templated owner label, as Prometheus would fill it in. */
const ownerOf = (alert: Alert, { labels }: Column): string =>
  alert.labels['owner']!.includes('{{') ? labels['api_failure_owner']! : alert.labels['owner']!;
