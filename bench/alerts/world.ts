import type { LayerName } from '../../src/contract/index.ts';
import type { Random } from './random.ts';

export const STEP = 30;
export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;
export const DAYS = 14;
/** The first day only fills the baselines; what is paged in it is not judged. */
export const JUDGED_FROM = DAY;
export const END = DAYS * DAY;
/** Unix second of the beginning: a Monday. */
export const EPOCH = 1_762_128_000;

export type Every = 15 | 30 | 60;

export interface Code {
  readonly layer: LayerName;
  readonly code: string;
  /** Share of the calls that end so, before noise, at `t` seconds after the beginning. */
  readonly ratio: (t: number) => number;
  /** Gamma shape of the noise on the ratio, drawn anew every five minutes; without one there is none. */
  readonly shape?: number;
}

/** Calls within some seconds, exactly so many. */
export interface Run {
  readonly at: number;
  readonly calls: number;
  readonly length: number;
}

/** One service's calls to one provider. */
export interface Stream {
  readonly service: string;
  readonly provider: string;
  /** Calls per second. */
  readonly rate: (t: number) => number;
  readonly codes: Code[];
  readonly runs?: readonly Run[];
  /** The process restarts: its counters begin again. */
  readonly restarts?: readonly number[];
  /** Scrape interval in seconds, where it is not the world's. */
  readonly every?: Every;
  /** Chance that one scrape is missed. */
  readonly missed?: number;
  /** 95th percentile of the durations in seconds; only where latency is the story. */
  readonly p95?: (t: number) => number;
  /** Share of the calls that are attempts after the first, by kind. */
  readonly retries?: { readonly [kind: string]: (t: number) => number };
  /** Share of the calls that the caller ends before an answer, and whether it waited for longer than a second. */
  readonly cancels?: (t: number) => readonly [share: number, waited: boolean];
  /** Calls that have not ended, and the age of the oldest. */
  readonly inFlight?: (t: number) => readonly [calls: number, oldest: number];
  /** Hosts that share the calls; the first fails where `broken` says so. */
  readonly hosts?: { readonly n: number; readonly broken: (t: number) => boolean };
  /** When the first call is made. */
  readonly from?: number;
  /** Blips of up to a minute come on top, about one a day. */
  readonly blips?: false;
}

export interface Incident {
  readonly scenario: string;
  readonly provider: string;
  /** Absent when all callers of the provider are hit. */
  readonly service?: string;
  /** First sign; a page from here on is right. */
  readonly start: number;
  /** When it is bad enough that a page is due; the time to page counts from here. */
  onset: number;
  readonly end: number;
  /** `either`: two people would differ, or nobody can know yet; a page is neither wanted nor wrong. */
  readonly due: 'page' | 'ticket' | 'either';
  /** Time counts from the scrape that shows so many failures. */
  few?: number;
  /** Pages that are right for one incident, where one in two hours is meant. */
  readonly most?: number;
}

export interface World {
  readonly streams: Stream[];
  readonly incidents: Incident[];
  /** Prometheus is not there. */
  readonly away: (readonly [from: number, to: number])[];
  readonly every: Every;
}

/** Services of fewer than ten calls a minute: time counts from the scrape that shows the eighth failure. */
export function countFromEighth({ streams, incidents }: World): void {
  const slow = (s: Stream, from: number) => {
    const minutes = Array.from({ length: 10 }, (_, i) => s.rate(from + i * MINUTE));
    return s.runs === undefined && s.inFlight === undefined && minutes.reduce((sum, x) => sum + x, 0) / 10 < 1 / 6;
  };
  for (const i of incidents)
    if (i.due === 'page' && streams.some((s) => s.service === i.service && slow(s, i.onset))) i.few = 8;
}

/** What a scenario adds to the world. */
export type Scenario = (r: Random, world: World) => void;

export const during =
  (from: number, to: number, inside: number, outside = 0) =>
  (t: number): number =>
    t >= from && t < to ? inside : outside;

/** 0 at night, 1 at two in the afternoon. */
export const wave = (t: number): number => 0.5 - 0.5 * Math.cos((2 * Math.PI * (t - 2 * HOUR)) / DAY);

/** A moment on a judged day, away from the very end, on no round minute. */
export const moment = (r: Random, fromDay = 2, toDay = DAYS - 1): number =>
  Math.floor(r.between(fromDay * DAY, toDay * DAY) / STEP) * STEP + 7;
