// Looks at a global variable or makes it, as OpenTelemetry's API and Sentry do first. Prints whether our engine was loaded before and after, what was
// found there before and after, the kind of the property, how many engines are loaded, and whether the name was there from the start.
const [, , name, how] = process.argv;
const key = name === 'api' ? Symbol.for('opentelemetry.js.api.1') : name;
const there = key in globalThis;
const engines = () => Object.keys(require.cache).filter((file) => file.endsWith('register.bundle.cjs')).length;
const before = engines() > 0;
if (how === 'freeze') Object.freeze(globalThis);
const found = how === 'write' ? undefined : globalThis[key];
if (how !== 'read') globalThis[key] = { version: '1.0.0' };
const { get, set, value, ...kind } = Object.getOwnPropertyDescriptor(globalThis, key) ?? {};
console.log(JSON.stringify([before, engines() > 0, found ?? null, globalThis[key] ?? null, kind, engines(), there]));
