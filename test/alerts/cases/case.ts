import type { Labels, Series } from './series.ts';

/** What an alert does over a made-up history, as `promtool test rules` sees it. */
export interface Case {
  /** Why, in the words of a test name. */
  readonly name: string;
  readonly series: readonly Series[];
  /** At these minutes the alert fires for exactly these label sets; an empty list means that it must not. */
  readonly expect: readonly { readonly minute: number; readonly firing: readonly Labels[] }[];
}
