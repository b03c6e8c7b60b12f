import type { LayerName } from '../../../src/contract/index.ts';
import type { Code, Incident, Stream } from '../world.ts';
import { type Chance, wobble, working } from './shapes.ts';

export type Add = (stream: Stream, ...incidents: Omit<Incident, 'service' | 'provider'>[]) => void;
export const between = (c: Chance, low: number, high: number, ...of: readonly (string | number)[]) =>
  low + (high - low) * c(...of);
export const code = (layer: LayerName, name: string, ratio: (t: number) => number): Code => ({
  layer,
  code: name,
  ratio,
});

/** A service as it always is: busy hours, noisy traffic, one or two usual codes that wobble. */
export function usual(c: Chance, service: string, peak: number): Stream {
  const jitter = wobble(c, `${service} traffic`, 20, 0.35);
  const traffic = working(peak);
  const level = between(c, 0.001, 0.025, service, 'level');
  const spread = between(c, 0.25, 0.7, service, 'spread');
  const noise = wobble(c, `${service} noise`, between(c, 120, 1200, service, 'pace'), spread);
  const second = wobble(c, `${service} second`, 400, 0.5);
  return {
    service,
    provider: `${service}.test`,
    rate: (t) => traffic(t) * jitter(t),
    codes: [
      code('payload', 'validation', (t) => level * noise(t)),
      code('endpoint', 'not_found', (t) => (level / 3) * second(t)),
    ],
  };
}
