// A program whose last act is to wait until its spans have left; nothing else keeps it alive.
const [url, module] = process.argv.slice(2);
const { start } = await import(module);
const handle = start();
await (await fetch(url, { headers: { connection: 'close' } })).text();
await handle.flush();
await handle.stop();
console.log('sent');
