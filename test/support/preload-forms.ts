import { pathToFileURL } from 'node:url';
import { REGISTER } from './preload.ts';

export interface PreloadForm {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}
/** Every way an application is told to preload us. */
export const PRELOAD_FORMS: Readonly<Record<string, PreloadForm>> = {
  '--require': { args: ['--require', REGISTER] },
  '--import': { args: ['--import', pathToFileURL(REGISTER).href] },
  NODE_OPTIONS: { args: [], env: { NODE_OPTIONS: `--require "${REGISTER}"` } },
  'all three at once': {
    args: ['--require', REGISTER, '--import', pathToFileURL(REGISTER).href],
    env: { NODE_OPTIONS: `--require "${REGISTER}"` },
  },
  'the package’s name': { args: ['--require', 'faultlayer/register'] },
};
/** Applications in `test/support/apps` that make two calls: CommonJS, ES module with named and with default imports. */
export const MODULE_KINDS = ['require.cjs', 'named.mjs', 'calls.mjs'] as const;
