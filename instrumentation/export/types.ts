import type { Ending, Verdict } from './verdict.ts';

/** A way to one endpoint. */
export interface Transport {
  /** Has a connection made, if there is none. */
  open(): void;
  /** Sends one body; never rejects. `now`: compressed within the turn, if at all. */
  post(body: Uint8Array, now?: boolean): Promise<Verdict>;
  /** The process ends: sends synchronously what has not been answered; see `Line.finish`. */
  finish(bodies: readonly Uint8Array[], until: number): Ending;
  /** Of the bodies that `finish` could not send, those that have not left. All, where it is not said. */
  left?(bodies: readonly Uint8Array[]): readonly Uint8Array[];
  close(): void;
  /** Whether a collector of ours answers here; undefined until something has been answered. */
  readonly isOurs: boolean | undefined;
}

/** The header by which a collector of ours says what it is. */
export const COLLECTOR_HEADER = 'faultlayer-collector';
