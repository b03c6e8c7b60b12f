// Patches a built-in module for CommonJS alone, then wakes us by a call or as an SDK does, and prints which imports are still what they were.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const [, , url, early] = process.argv;
const http = early === undefined ? undefined : await import('node:http');
const before = { existsSync, get: http?.get };
require('node:fs').existsSync = () => true;
if (url === 'sdk') globalThis[Symbol.for('opentelemetry.js.api.1')];
else await (await fetch(url)).text();
const loaded = Object.keys(require.cache).some((file) => file.endsWith('register.bundle.cjs'));
console.log(loaded, existsSync === before.existsSync, http?.get === before.get);
