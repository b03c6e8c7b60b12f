import { PHASES, STEPS } from '../contract/index.ts';
import { type Batch, DOUBLES, INTS, REF } from './batch.ts';
import { COLUMN, COLUMNS, columnsOf, NUMBER } from './columns.ts';
import { Deriver } from './derive.ts';
import { Dictionary, EMPTY_ID, OVERFLOW_ID } from './dictionary.ts';
import { type Budgets, buildFamilies, type Families } from './families.ts';
import type { Clock, Family } from './family.ts';
import { LINK, Links } from './links.ts';
import { SeenSpans } from './seen-spans.ts';
import { NOBODY } from './shares.ts';

export interface AggregatorOptions {
  /** Provider of a host, for spans without `api.provider.name`; the host itself where left out. */
  readonly providerOf?: (host: string) => string;
  /** Label sets per metric. */
  readonly budgets?: Budgets;
  /** Unix seconds now, in tests. */
  readonly now?: () => number;
}

/** Unix seconds by a clock that nobody sets: a jump of the other must drop no series, and hold none back. */
const steady = (): number => (performance.timeOrigin + performance.now()) / 1000;

type InFlightMetric = 'inFlight' | 'oldestInFlight';
type GaugeMetric = 'rateLimitRemaining' | 'tlsExpiry' | 'deprecation' | 'sunset' | 'clockOffset' | 'serviceInfo';

/** Calls of one instance that have not ended, by provider and phase. */
interface InstanceReport {
  readonly service: string;
  readonly provider: string;
  readonly phase: string;
  readonly instance: string;
  readonly value: number;
}

/** A longer call is a broken clock. */
const LONGEST_SECONDS = 86_400;

/** Counts calls into the contract's metrics. */
export class Aggregator {
  readonly dictionaries: readonly Dictionary[];
  readonly families: Families;
  readonly clock: Clock;
  readonly links: Links;
  /** Calls whose duration was not observed, by reason. */
  readonly refusedDurations = { missing: 0, negative: 0, too_long: 0 };
  evicted = 0;
  /** A failure may come twice: by the application's own exporter, and as a copy that the preload sent at once. */
  readonly failures = new SeenSpans();
  /** Whether calls are counted, and shown, under the semantic conventions' own name as well. */
  semconv = false;
  /** Rows counted since the start. */
  committed = 0;
  readonly now: () => number;
  private readonly wall: () => number;
  private readonly deriver: Deriver;
  /** Service, version and environment of the row before: they change with the resource, not with the call. */
  private readonly info = new Int32Array(3);
  private readonly key = new Int32Array(COLUMNS.length);

  /** When a version of a service was seen first, Unix seconds; whoever remembers it across restarts takes this over. */
  firstSeen: (service: string, version: string, now: number) => number = (_service, _version, now) => now;

  constructor(options: AggregatorOptions = {}) {
    this.now = options.now ?? steady;
    this.wall = options.now ?? (() => Date.now() / 1000);
    this.clock = { epoch: 1, serial: 0, now: this.now(), owner: NOBODY, body: 0 };
    this.dictionaries = COLUMNS.map((column) => new Dictionary(column, this.clock));
    this.families = buildFamilies(this.dictionaries, this.clock, options.budgets);
    this.links = new Links(this.families);
    this.deriver = new Deriver(this.dictionaries, options.providerOf ?? ((host) => host));
  }

  /** Every family, in the order of the page. */
  all(): Family[] {
    return Object.values(this.families);
  }

  /** Counts all rows of the batch and empties it. */
  commit(batch: Batch): void {
    this.clock.now = this.now();
    this.info.fill(-1);
    batch.named.length = 0;
    for (let row = 0; row < batch.rows; row++) this.count(batch, row);
    this.committed += batch.rows;
    batch.rows = 0;
  }

  /** Drops series without a change for `idleSeconds`, and label values that nothing uses any more. Returns how many went. */
  evict(idleSeconds: number): number {
    this.clock.now = this.now();
    let gone = 0;
    for (const family of this.all()) gone += family.evictIdle(this.clock.now - idleSeconds);
    if (gone === 0) return 0;
    const used = this.dictionaries.map((d) => new Uint8Array(d.values.length));
    for (const family of this.all()) family.mark(columnsOf(family.metric.labels).map((c) => used[c]!));
    const services = used[COLUMN.service]!;
    for (const family of this.all()) family.disown(services);
    for (const [i, dictionary] of this.dictionaries.entries()) dictionary.retain(used[i]!, services);
    this.deriver.clear();
    this.links.clear();
    this.evicted += gone;
    return gone;
  }

  /**
   * Begins what instances say of themselves at one time: all of it until the next call is one report. `whole`: it is of all instances, so that
   * who is not in it has nothing in flight.
   */
  beginReport(whole = false): void {
    this.clock.now = this.now();
    if (!whole) return;
    this.families.inFlight.instances.clear();
    this.families.oldestInFlight.instances.clear();
  }

  /** What an instance says of its calls that have not ended. */
  report(metric: InFlightMetric, { service, provider, phase, instance, value }: InstanceReport): void {
    const { key } = this;
    this.clock.owner = key[COLUMN.service] = this.dictionaries[COLUMN.service]!.ofString(service);
    key[COLUMN.provider] = this.dictionaries[COLUMN.provider]!.ofString(provider);
    // Position 0 is a phase that nobody knows.
    const row = this.links.find(metric, key, 0, (STEPS as readonly string[]).indexOf(phase) + 1);
    if (row >= 0) this.families[metric].report(row, `${service} ${instance}`, value);
  }

  /** Whether a service of this name has had calls counted from its spans. */
  countsSpansOf(service: string): boolean {
    const { serviceInfo } = this.families;
    for (let row = 0; row < serviceInfo.size; row++) if (serviceInfo.valueAt(row, 0) === service) return true;
    return false;
  }

  private count(batch: Batch, row: number): void {
    const { ints, numbers } = batch;
    const { families, links } = this;
    const at = row * INTS;
    const n = row * DOUBLES;
    this.clock.owner = ints[at + COLUMN.service]!;
    if (ints[at + COLUMN.statusClass] === EMPTY_ID || ints[at + COLUMN.provider] === EMPTY_ID)
      this.deriver.fill(batch, row);
    const weight = numbers[n + NUMBER.weight]!;
    const step = ints[at + COLUMN.pendingPhase]!;
    if (step !== EMPTY_ID) {
      families.pending.inc(links.find('pending', ints, at, step), weight);
      return;
    }
    if (numbers[n + NUMBER.closeCode]! > 0) {
      families.websocketEnds.inc(links.find('websocketEnds', ints, at), weight);
      return;
    }
    const isCopy = numbers[n + NUMBER.copy] === 1;
    if (ints[at + COLUMN.layer] !== EMPTY_ID && this.failures.again(batch.source, ints[at + REF.spanId]!, isCopy))
      return;
    const call = links.call(ints, at);
    families.calls.inc(call < 0 ? -1 - call : call, weight);

    const duration = numbers[n + NUMBER.duration]!;
    if (duration >= 0 && duration <= LONGEST_SECONDS) {
      const series = links.linked(call, LINK.duration, 'duration', ints, at);
      const cell = families.duration.observe(series, duration, weight);
      if (families.duration.exemplars!.stale(cell, this.clock.now)) this.exemplar(cell, duration, batch, at, n);
      if (this.semconv)
        families.semconv.observe(links.find('semconv', ints, at, this.deriver.errorType(ints, at)), duration, weight);
    } else this.refusedDurations[Number.isNaN(duration) ? 'missing' : duration < 0 ? 'negative' : 'too_long']++;

    for (let phase = 0; phase < PHASES.length; phase++) {
      const seconds = numbers[n + NUMBER.firstPhase + phase]!;
      if (seconds >= 0 && seconds <= LONGEST_SECONDS)
        families.phase.observe(links.linked(call, LINK.phase + phase, 'phase', ints, at, phase), seconds, weight);
    }
    if (ints[at + COLUMN.layer] !== EMPTY_ID) this.failure(call, batch, at, n);
    if (ints[at + COLUMN.retryKind] !== EMPTY_ID) families.retries.inc(links.find('retries', ints, at), weight);
    if (numbers[n + NUMBER.repeated] === 1) families.repeatedReads.inc(links.find('repeatedReads', ints, at), weight);
    if (numbers[n + NUMBER.cancelled] === 1) families.cancelled.inc(links.find('cancelled', ints, at), weight);
    const firstChunk = numbers[n + NUMBER.firstChunk]!;
    if (firstChunk >= 0 && firstChunk <= LONGEST_SECONDS)
      families.firstChunk.observe(links.find('firstChunk', ints, at), firstChunk, weight);
    const longestGap = numbers[n + NUMBER.longestGap]!;
    if (longestGap >= 0 && longestGap <= LONGEST_SECONDS)
      families.longestGap.observe(links.find('longestGap', ints, at), longestGap, weight);
    const after = numbers[n + NUMBER.retryAfter]!;
    if (after >= 0 && after < Number.POSITIVE_INFINITY)
      families.retryAfter.observe(links.find('retryAfter', ints, at), after, weight);
    this.gauges(ints, at, numbers, n);
    this.service(ints, at);
  }

  private gauges(ints: Int32Array, at: number, numbers: Float64Array, n: number): void {
    const limit = numbers[n + NUMBER.rateLimit]!;
    const remaining = numbers[n + NUMBER.rateRemaining]!;
    if (limit > 0 && remaining >= 0) this.set('rateLimitRemaining', ints, at, Math.min(1, remaining / limit));
    const notAfter = numbers[n + NUMBER.tlsNotAfter]!;
    if (notAfter > 0 && notAfter < Number.POSITIVE_INFINITY && ints[at + COLUMN.address]! > OVERFLOW_ID)
      this.set('tlsExpiry', ints, at, notAfter);
    const deprecated = numbers[n + NUMBER.deprecationAt]!;
    if (deprecated >= 0 && deprecated < Number.POSITIVE_INFINITY) this.set('deprecation', ints, at, deprecated);
    const sunset = numbers[n + NUMBER.sunsetAt]!;
    if (sunset >= 0 && sunset < Number.POSITIVE_INFINITY) this.set('sunset', ints, at, sunset);
    const offset = numbers[n + NUMBER.clockOffset]!;
    if (Number.isFinite(offset)) this.set('clockOffset', ints, at, offset);
  }

  private set(metric: GaugeMetric, ints: Int32Array, at: number, value: number): void {
    const series = this.links.find(metric, ints, at);
    if (series >= 0) this.families[metric].set(series, value);
  }

  private service(ints: Int32Array, at: number): void {
    const { info } = this;
    const service = ints[at + COLUMN.service]!;
    const version = ints[at + COLUMN.version]!;
    const environment = ints[at + COLUMN.environment]!;
    if (info[0] === service && info[1] === version && info[2] === environment) return;
    info[0] = service;
    info[1] = version;
    info[2] = environment;
    this.set('serviceInfo', ints, at, 1);
    const { versionFirstSeen } = this.families;
    const series = this.links.find('versionFirstSeen', ints, at);
    if (series < 0) return;
    if (versionFirstSeen.values.array[series] === 0) {
      const name = (column: number, id: number): string => this.dictionaries[column]!.values[id] ?? '';
      const names = [name(COLUMN.service, service), name(COLUMN.version, version)] as const;
      versionFirstSeen.set(series, this.firstSeen(...names, Math.floor(this.wall())));
    }
    versionFirstSeen.usedAt.array[series] = this.clock.now;
  }

  private failure(call: number, batch: Batch, at: number, n: number): void {
    const { lastFailure } = this.families;
    const { ints } = batch;
    const series = this.links.linked(call, LINK.lastFailure, 'lastFailure', ints, at);
    if (series < 0) return;
    lastFailure.usedAt.array[series] = this.clock.now;
    if (!lastFailure.due(series)) return;
    batch.named.push(at / INTS);
    const time = this.timeOf(batch, n);
    const trace = ints[at + REF.traceId]!;
    lastFailure.replace(series, time, batch.source, trace, ints[at + REF.requestId]!, ints[at + REF.requestIdEnd]!);
  }

  private exemplar(cell: number, duration: number, batch: Batch, at: number, n: number): void {
    if (batch.ints[at + REF.traceId]! < 0) return;
    this.families.duration.exemplars!.set(cell, this.clock.now, duration, this.timeOf(batch, n), batch, at);
  }

  /** When the call ended; a sender's clock that runs ahead is not believed. */
  private timeOf(batch: Batch, n: number): number {
    const end = batch.numbers[n + NUMBER.endSeconds]!;
    const now = this.wall();
    return end > 0 && end < now ? end : now;
  }
}
