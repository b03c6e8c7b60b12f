// A program that starts faultlayer itself and whose callback is broken: it throws, or its promise rejects.
const [url, module, how] = process.argv.slice(2);
const { start } = await import(module);
let called = 0;
const handle = start({
  onSpan() {
    called++;
    if (how === 'rejects') return Promise.reject(new Error('broken callback'));
    throw new Error('broken callback');
  },
});
const again = start();
for (let i = 0; i < 15; i++) {
  console.log(await (await fetch(`${url}/${i}`)).text());
  // listeners hear of calls some time after their end, unless asked to
  await handle.flush();
}
console.log(JSON.stringify({ called, faults: Object.fromEntries(handle.faults), same: again === handle }));
