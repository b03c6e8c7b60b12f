// Asks for the running preload in its code, as the documentation says.
const engine = () => Object.keys(require.cache).some((file) => file.endsWith('register.bundle.cjs'));
const before = engine();
import(process.argv[2]).then(({ start }) => {
  const handle = start();
  console.log(before, engine(), handle === globalThis[Symbol.for('faultlayer.running')], handle === start());
});
