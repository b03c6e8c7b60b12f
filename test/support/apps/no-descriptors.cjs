// Opens files until there are no descriptors left, makes a call that fails for that, gives them back, makes another.
const fs = require('node:fs');
const http = require('node:http');
const { setTimeout: wait } = require('node:timers/promises');

const url = process.argv[2];
const call = () =>
  new Promise((resolve) => {
    http
      .get(url, (answer) => answer.resume().on('close', () => resolve(answer.statusCode)))
      .on('error', (error) => resolve(error.code));
  });
(async () => {
  const held = [];
  try {
    for (;;) held.push(fs.openSync(__filename));
  } catch {}
  const first = await call();
  await wait(300);
  for (const fd of held) fs.closeSync(fd);
  console.log(first);
  console.log(await call());
})();
