import type { Scenario } from '../world.ts';
import { NOISE } from './noise.ts';
import { PAGES } from './pages.ts';
import { TICKETS } from './tickets.ts';
import { UNSTEADY } from './unsteady.ts';

/** Every scenario by its name. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = { ...NOISE, ...PAGES, ...UNSTEADY, ...TICKETS };
