import { join } from 'node:path';
import { root } from './run-node.ts';

/** The compiled preload, as `node --require faultlayer/register` finds it. */
export const REGISTER = join(root, 'dist/instrumentation/register.cjs');
export const preloaded = (...args: string[]): string[] => ['--require', REGISTER, ...args];

export const APPS = join(root, 'test/support/apps');
