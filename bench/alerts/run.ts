import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Alert, type Group, rulesFor } from '../../alerts/groups.ts';
import type { RecordingRule } from '../../alerts/recorded.ts';
import { askedOf } from './asked.ts';
import { Candidates, narrowed } from './candidates.ts';
import { inliner } from './inline.ts';
import { notifications } from './notify.ts';
import { Output } from './output.ts';
import { backfill, PastPrometheus, type Series } from './prometheus.ts';
import { type RuleTally, ruleTally, type Score, score, type Tally } from './score.ts';
import { EPOCH, simulate, world } from './simulate.ts';
import { STATIC_RULES } from './static-rules.ts';
import { type Firing, firings, seconds } from './timeline.ts';
import { END, JUDGED_FROM, MINUTE, STEP, type World } from './world.ts';

export interface Outcome {
  readonly services: number;
  readonly samples: number;
  readonly shipped: Tally;
  /** The usual rules by their names; empty when they were not asked. */
  readonly statics: Readonly<Record<string, Tally>>;
  /** The shipped alerts by their names. */
  readonly rules: Readonly<Record<string, RuleTally>>;
  /** What the tally of the shipped rules counts. */
  readonly score: Score;
}

export interface Ask {
  readonly seed: number;
  readonly scenarios?: readonly string[];
  readonly statics?: boolean;
  /** Ask only these alerts, while tuning. */
  readonly alerts?: readonly string[];
  readonly say?: (line: string) => void;
}

/** group_wait of the shipped routing, in seconds. */
const GROUP_WAIT = 5;

/** Two simulated weeks of one seed through a real Prometheus and the shipped rules. */
export async function evaluate({ seed, scenarios, alerts, statics = true, say = () => {} }: Ask): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'faultlayer-eval-'));
  let prometheus: PastPrometheus | undefined;
  const clock = stopwatch(say);
  try {
    const made = world(seed, scenarios);
    const metrics = join(folder, 'metrics.txt');
    const data = join(folder, 'data');
    const samples = simulate(metrics, made, seed);
    clock(`simulated ${samples} samples`);
    backfill(metrics, data);
    rmSync(metrics);
    clock('backfilled');
    const groups = rulesFor();
    const asked = askedOf(groups).filter((a) => alerts === undefined || alerts.includes(a.alert));
    prometheus = await PastPrometheus.start(data);
    const file = join(folder, 'baselines.txt');
    const kept = await baselines(prometheus, groups, file);
    await prometheus.stop();
    backfill(file, data);
    prometheus = await PastPrometheus.start(data);
    clock('baselines recorded');
    const inline = inliner(groups, kept, '30s');
    const cheap = new Candidates(prometheus, inline, sharedProviders(made));
    const found: Firing[] = [];
    for (const alert of asked) {
      const before = performance.now();
      found.push(...(await alertFirings(prometheus, alert, inline, cheap)));
      say(`  ${alert.alert}: ${((performance.now() - before) / 1000).toFixed(1)} s`);
    }
    clock('shipped rules');
    const shipped = score(notifications(found, GROUP_WAIT), made.incidents);
    const usual: Record<string, Tally> = {};
    for (const rule of statics ? STATIC_RULES : []) {
      const series = await prometheus.range(inline(rule.expr), EPOCH + JUDGED_FROM, EPOCH + END, MINUTE);
      const labelled = series.map((s) => ({ ...s, metric: { ...s.metric, severity: 'page' } }));
      const fired = firings(rule.name, labelled, MINUTE, rule.wait, 0);
      usual[rule.name] = score(notifications(fired, GROUP_WAIT), made.incidents).tally;
    }
    if (statics) clock('static rules');
    return {
      services: new Set(made.streams.map((s) => s.service)).size,
      samples,
      shipped: shipped.tally,
      statics: usual,
      rules: Object.fromEntries(asked.map(({ alert }) => [alert, ruleTally(alert, shipped)])),
      score: shipped,
    };
  } finally {
    await prometheus?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Providers that several of the services call. */
function sharedProviders({ streams }: World): Set<string> {
  const callers = Map.groupBy(streams, (s) => s.provider);
  return new Set([...callers].filter(([, list]) => list.length > 1).map(([provider]) => provider));
}

/** Tickets are for the working day; four minutes between two looks do not change them. */
const TICKET_STEP = 240;

async function alertFirings(
  prometheus: PastPrometheus,
  alert: Alert,
  inline: (expr: string) => string,
  cheap: Candidates,
): Promise<Firing[]> {
  const expr = inline(alert.expr);
  const spans = await cheap.of(alert.alert);
  const step = alert.labels['severity'] === 'page' ? STEP : TICKET_STEP;
  const series: Series[] = [];
  if (spans === undefined) series.push(...(await prometheus.range(expr, EPOCH + JUDGED_FROM, EPOCH + END, step)));
  for (const { only, from, to } of spans ?? [])
    series.push(...(await prometheus.range(narrowed(expr, only), from, to, step)));
  const labelled = joined(series).map((s) => ({
    ...s,
    metric: { ...s.metric, ...alert.labels, owner: ownerOf(alert, s.metric) },
  }));
  return firings(alert.alert, labelled, step, seconds(alert.for), seconds(alert.keep_firing_for));
}

/** The answers of several spans as one series each, in order of time. */
function joined(series: readonly Series[]): Series[] {
  const byLabels = Map.groupBy(series, (s) => JSON.stringify(s.metric));
  return [...byLabels.values()].map((parts) => ({
    metric: parts[0]!.metric,
    values: parts.flatMap((p) => p.values).toSorted((a, b) => a[0] - b[0]),
  }));
}

/** The templated owner label, as Prometheus would fill it in. */
function ownerOf(alert: Alert, metric: Readonly<Record<string, string>>): string {
  const owner = alert.labels['owner']!;
  if (!owner.includes('{{')) return owner;
  if (owner.includes('api_failure_owner')) return metric['api_failure_owner']!;
  for (const [, layers, name] of owner.matchAll(/match "([^"]+)" \$labels\.api_failure_layer \}\}(\w+)/g))
    if (new RegExp(layers!).test(metric['api_failure_layer'] ?? '')) return name!;
  return 'caller';
}

/** Evaluates the slow group at its own interval and writes the result to be backfilled; returns the names. */
async function baselines(prometheus: PastPrometheus, groups: readonly Group[], file: string): Promise<Set<string>> {
  const group = groups.find((g) => g.name === 'faultlayer-baselines')!;
  const inline = inliner(groups, new Set(), group.interval);
  const step = seconds(group.interval);
  const out = new Output(file);
  for (const { record, expr } of group.rules as RecordingRule[]) {
    out.type(record, 'gauge');
    for (const s of await prometheus.range(inline(expr), EPOCH + 3600, EPOCH + END, step)) {
      const labels = Object.entries(s.metric).map(([k, v]) => `${k}=${JSON.stringify(v)}`);
      const prefix = `${record}{${labels.join(',')}} `;
      out.add(s.values.flatMap(([t, v]) => [prefix, v, ` ${t}\n`]));
    }
  }
  out.end();
  return new Set((group.rules as RecordingRule[]).map((r) => r.record));
}

const stopwatch = (say: (line: string) => void) => {
  let last = performance.now();
  return (what: string) => {
    const now = performance.now();
    say(`${what} in ${((now - last) / 1000).toFixed(1)} s`);
    last = now;
  };
};
