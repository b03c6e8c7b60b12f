import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where an application's manifest may lie, and what it may say of its SDK: nothing of it decides who makes the spans. */
const LAYOUTS: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  'a manifest beside the compiled files': {
    'package.json': { dependencies: SDK() },
    'dist/package.json': { type: 'commonjs' },
  },
  'the SDK in the root of a workspace': {
    'package.json': { workspaces: ['packages/*'], dependencies: SDK() },
    'packages/app/package.json': {},
  },
  'a telemetry package of the company': { 'package.json': { dependencies: { '@company/telemetry': '1.0.0' } } },
  'the SDK as a development dependency': { 'package.json': { devDependencies: SDK() } },
  'no manifest at all': {},
  'a manifest that says nothing': { 'package.json': {} },
  'another agent named, and not started': { 'package.json': { dependencies: { 'dd-trace': '6', newrelic: '14' } } },
};
function SDK(): object {
  return { '@opentelemetry/sdk-node': '0.301.0' };
}

/** Writes every layout below `folder`; returns the main script of each by the layout's name. */
export function writeLayouts(folder: string): [name: string, main: string][] {
  return Object.entries(LAYOUTS).map(([name, manifests]) => {
    const root = join(folder, 'layouts', name.replaceAll(' ', '-'));
    for (const [file, content] of Object.entries(manifests)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), typeof content === 'string' ? content : JSON.stringify(content));
    }
    const inner = Object.keys(manifests).findLast((file) => file.includes('/'));
    const main = join(root, inner === undefined ? 'dist' : dirname(inner), 'main.cjs');
    mkdirSync(dirname(main), { recursive: true });
    writeFileSync(main, `require(${JSON.stringify(join(folder, 'apps/sdk-app.cjs'))});\n`);
    return [name, main];
  });
}
