import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { preloaded, REGISTER } from '../support/preload.ts';
import { APPS, type App, expectAdopted, fileOf, type Observed, type Stage, stage } from './applications.ts';

/** Real SDKs of others in real processes: whoever comes first, however both are loaded, the application keeps what it had. */
let on: Stage;
beforeAll(async () => {
  on = await stage();
}, 300_000);
afterAll(() => on[Symbol.asyncDispose]());

const OURS = pathToFileURL(REGISTER).href;
const inCode = (app: App) => [fileOf(app, 'app.cjs')];
const required = (app: App) => ['--require', fileOf(app, 'sdk.cjs'), fileOf(app, 'app.cjs')];
const imported = (app: App) => ['--import', pathToFileURL(fileOf(app, 'sdk.mjs')).href, fileOf(app, 'app.mjs')];

interface Form {
  readonly name: string;
  readonly bare: (app: App) => string[];
  readonly ours: (app: App) => string[];
  readonly nodeOptions?: string;
}
const FORMS: readonly Form[] = [
  { name: 'CommonJS, their SDK in code', bare: inCode, ours: (app) => preloaded(...inCode(app)) },
  { name: 'CommonJS, ours preloaded first', bare: required, ours: (app) => preloaded(...required(app)) },
  {
    name: 'CommonJS, theirs preloaded first',
    bare: required,
    ours: (app) => ['--require', fileOf(app, 'sdk.cjs'), ...preloaded(fileOf(app, 'app.cjs'))],
  },
  { name: 'ES modules, ours in NODE_OPTIONS', bare: imported, ours: imported, nodeOptions: `--require ${REGISTER}` },
  { name: 'ES modules, ours imported first', bare: imported, ours: (app) => ['--import', OURS, ...imported(app)] },
  {
    name: 'ES modules, theirs imported first',
    bare: imported,
    ours: (app) => [...imported(app).slice(0, 2), '--import', OURS, fileOf(app, 'app.mjs')],
  },
];

describe.each(Object.keys(APPS) as App[])('an application under %s', (app) => {
  const bareRuns = new Map<Form['bare'], Promise<Observed>>();
  // told to adopt we are not even loaded before their SDK comes
  const told = FORMS.flatMap((form) => ['auto', 'adopted'].map((spans) => ({ ...form, spans })));
  it.each(told)('$name ($spans)', async ({ bare, ours, nodeOptions, spans }) => {
    const before = bareRuns.get(bare) ?? on.run(bare(app));
    bareRuns.set(bare, before);
    await before;
    const env = { FAULTLAYER_SPANS: spans, ...(nodeOptions !== undefined && { NODE_OPTIONS: nodeOptions }) };
    const after = await on.run(ours(app), env);
    expectAdopted(app, await before, after);
  });
});
