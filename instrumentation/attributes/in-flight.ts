import type { Config } from '../../src/config.ts';
import type { Phase } from '../../src/contract/index.ts';
import { now } from '../base/now.ts';
import type { Capture } from '../capture/types.ts';
import { providerOf } from './common.ts';

/** Calls that have not ended, of one provider in one phase. */
export interface InFlight {
  readonly provider: string;
  readonly phase: Phase;
  readonly count: number;
  /** Age of the oldest, seconds. */
  readonly oldest: number;
}

/** What hangs, and where: for gauges, so only as often as somebody asks. */
export function inFlightOf(capture: Capture, config: Config): InFlight[] {
  const groups = new Map<string, InFlight>();
  const at = now();
  capture.eachOpen((call) => {
    const provider = providerOf(call, config);
    const phase = call.phase();
    const key = `${phase} ${provider}`;
    const { count = 0, oldest = 0 } = groups.get(key) ?? {};
    groups.set(key, { provider, phase, count: count + 1, oldest: Math.max(oldest, (at - call.startMs) / 1000) });
  });
  return [...groups.values()];
}
