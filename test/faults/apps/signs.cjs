// Does what OpenTelemetry's API or Sentry does first, and prints what came of it: our engine's state before and after, and the property.
const [, , name, how] = process.argv;
const key = name === 'api' ? Symbol.for('opentelemetry.js.api.1') : name;
const engine = () => Object.keys(require.cache).some((file) => file.endsWith('register.bundle.cjs'));
const before = engine();
const sockets = [];
if (how === 'freeze') Object.freeze(globalThis);
let got;
try {
  if (how !== 'write') got = globalThis[key];
  if (how !== 'read') globalThis[key] = { version: '1.0.0' };
} catch (error) {
  sockets.push(error.name);
}
const { get, value, ...rest } = Object.getOwnPropertyDescriptor(globalThis, key) ?? {};
console.log(JSON.stringify([before, engine(), got ?? null, globalThis[key] ?? null, rest, ...sockets]));
