import type { Context } from '../options.ts';
import type { AlertRule } from '../rule.ts';
import { ahead } from './ahead.ts';
import { burn } from './burn.ts';
import { health } from './health.ts';
import { host } from './host.ts';
import { job } from './job.ts';
import { latency, silence } from './late.ts';
import { newCode } from './new-code.ts';
import { providerDown } from './provider-down.ts';
import { retries } from './retries.ts';
import { spike } from './spike.ts';

/** Every alert: one file a kind, one row here. What inhibits others comes first: rules are evaluated, and alerts sent, in order. */
export const alertRules = (c: Context): AlertRule[] =>
  [providerDown, spike, job, silence, host, newCode, burn, latency, ahead, retries, health].flatMap((f) => f(c));
