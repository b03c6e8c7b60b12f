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

export interface Code {
  readonly layer: LayerName;
  readonly code: string;
  /** Share of the calls that end so, before noise, at `t` seconds after the beginning. */
  readonly ratio: (t: number) => number;
}

/** One service's calls to one provider. */
export interface Stream {
  readonly service: string;
  readonly provider: string;
  /** Calls per second. */
  readonly rate: (t: number) => number;
  readonly codes: Code[];
  /** The process restarts: its counters begin again. */
  readonly restarts?: readonly number[];
  /** Scrape interval in seconds; 30 if absent. */
  readonly every?: 15 | 30 | 60;
  /** Chance that one scrape is missed. */
  readonly missed?: number;
  /** 95th percentile of the durations in seconds; only where latency is the story. */
  readonly p95?: (t: number) => number;
  /** Share of the calls that are attempts after the first, by kind. */
  readonly retries?: { readonly [kind: string]: (t: number) => number };
  /** When the first call is made. */
  readonly from?: number;
}

export interface Incident {
  readonly scenario: string;
  readonly provider: string;
  /** Absent when all callers of the provider are hit. */
  readonly service?: string;
  /** First sign; a page from here on is right. */
  readonly start: number;
  /** When it is bad enough that a page is due; the time to page counts from here. */
  readonly onset: number;
  readonly end: number;
  readonly due: 'page' | 'ticket';
  /** The alert that is made for it. Another may be as right, but this one's figures count it. */
  readonly by: string;
}

export interface World {
  readonly streams: Stream[];
  readonly incidents: Incident[];
}

/** What a scenario adds to the world. `name` prefixes its services. */
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
