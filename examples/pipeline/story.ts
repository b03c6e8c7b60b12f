import type { Fault } from '../provider/faults.ts';

/** What the story can do to the world. */
export interface World {
  fault(api: string, fault: Fault | 'none'): Promise<void>;
  deploy(service: string, version: string, env: Record<string, string>): Promise<void>;
}
export interface Step {
  /** Seconds after the first healthy call. */
  readonly at: number;
  /** What a person would say happened. */
  readonly title: string;
  readonly detail: string;
  /** The page it must lead to; the end-to-end test compares. */
  readonly expect?: {
    readonly service: string;
    readonly provider: string;
    readonly layer: string;
    readonly code: string;
  };
  act(world: World): Promise<void>;
}

/** Six ways in which other people's APIs fail, one after the other, after a healthy minute. Times are seconds. */
export const STORY: readonly Step[] = [
  {
    at: 60,
    title: 'deploy',
    detail: 'assistant 1.5.0 goes out with a mistyped OPENAI_API_KEY',
    expect: { service: 'assistant', provider: 'openai', layer: 'auth', code: 'invalid_api_key' },
    act: (world) => world.deploy('assistant', '1.5.0', { OPENAI_API_KEY: 'sk-exampel' }),
  },
  {
    at: 70,
    title: 'rate limit',
    detail: 'stripe answers 429 with Retry-After: 2',
    expect: { service: 'checkout', provider: 'stripe', layer: 'throttling', code: 'rate_limit' },
    act: (world) => world.fault('stripe', 'throttle'),
  },
  {
    at: 80,
    title: 'DNS',
    detail: 'api.exchange-rates.test no longer resolves',
    expect: { service: 'checkout', provider: 'exchange-rates', layer: 'dns', code: '' },
    act: (world) => world.fault('exchange-rates', 'nodns'),
  },
  {
    at: 90,
    title: 'TLS',
    detail: 'the certificate of api.warehouse.test expired',
    expect: { service: 'checkout', provider: 'warehouse', layer: 'tls', code: '' },
    act: (world) => world.fault('warehouse', 'expired'),
  },
  {
    at: 100,
    title: 'reset',
    detail: 's3 resets its connections in the middle of the body',
    expect: { service: 'assistant', provider: 'aws', layer: 'body', code: '' },
    act: (world) => world.fault('aws', 'reset'),
  },
  {
    at: 110,
    title: 'outage',
    detail: 'github answers 503 to everybody',
    expect: { service: '', provider: 'github', layer: 'service', code: '' },
    act: (world) => world.fault('github', 'outage'),
  },
];

/** Undoes the story: every fault off, the right key back. */
export async function recover(world: World): Promise<void> {
  for (const api of ['stripe', 'exchange-rates', 'warehouse', 'aws', 'github']) await world.fault(api, 'none');
  await world.deploy('assistant', '1.5.1', {});
}
