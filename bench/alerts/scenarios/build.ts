import type { LayerName } from '../../../src/contract/index.ts';
import type { Random } from '../random.ts';
import { type Code, DAYS, during, type Incident, moment, type Stream, type World } from '../world.ts';

/** Failures that every service has: up to two percent of one code, some also a few of another; noise of shapes 2 to 9. */
export const usual = (r: Random): Code[] => {
  const shape = r.between(2, 9);
  const rare = r.between(0.001, 0.006);
  const known = r.between(0.002, 0.02);
  const payload: Code = { layer: 'payload', code: 'invalid_request', ratio: () => known, shape };
  return r.next() < 0.6 ? [payload] : [payload, { layer: 'service', code: '', ratio: () => rare, shape }];
};

/** Calls per second: as many services make a call in six seconds as a hundred a second. */
export const rateOf = (r: Random, least = 1 / 6, most = 100): number => least * (most / least) ** r.next();

/** A time in which a stream fails with one code. */
export interface Episode {
  readonly layer: LayerName;
  readonly code: string;
  readonly start: number;
  readonly end: number;
  readonly ratio: number | ((t: number) => number);
  readonly shape?: number;
  readonly onset?: number;
  readonly due?: Incident['due'];
  readonly few?: number;
  readonly most?: number;
  /** Part of a larger incident, which is labelled elsewhere. */
  readonly incident?: false;
}

/** Adds `count` services; each gets its own provider unless the scenario says otherwise. */
export function services(
  world: World,
  r: Random,
  name: string,
  count: number,
  make: (i: number) => Partial<Stream> & { episodes?: readonly Episode[] },
): void {
  for (let i = 0; i < count; i++) {
    const { episodes = [], ...own } = make(i);
    const service = own.service ?? `${name}-${i + 1}`.replaceAll(' ', '-');
    const provider = own.provider ?? `${service}.example`;
    const rate = rateOf(r, 0.3, 5);
    const stream: Stream = { rate: () => rate, codes: usual(r), ...own, service, provider };
    for (const e of episodes) {
      const { start, end, ratio, onset = start, due = 'page' } = e;
      add(stream, { ...e, ratio: typeof ratio === 'number' ? during(start, end, ratio) : ratio });
      if (e.incident === false) continue;
      const extra = { ...(e.few ? { few: e.few } : {}), ...(e.most ? { most: e.most } : {}) };
      world.incidents.push({ scenario: name, service, provider, start, end, onset, due, ...extra });
    }
    world.streams.push(stream);
  }
}

/** One series per layer and code: what the service has already is topped, not doubled. */
function add({ codes }: Stream, { layer, code, ratio, shape }: Code): void {
  const at = codes.findIndex((c) => c.layer === layer && c.code === code);
  const before = codes[at];
  if (before === undefined) codes.push({ layer, code, ratio, ...(shape === undefined ? {} : { shape }) });
  else codes[at] = { ...before, ratio: (t) => Math.max(before.ratio(t), ratio(t)) };
}

/** The same in each week, at its own time. */
export const twice = <T>(r: Random, make: (start: number) => T): T[] => [
  make(moment(r, 2, 6)),
  make(moment(r, 8, DAYS - 1)),
];
