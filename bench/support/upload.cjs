/** How many of forty uploads of 30 MB of form data saw the answer that came early. Prints the number. */
const [base, objects = '0', ...channels] = process.argv.slice(2);
const { subscribe } = require('node:diagnostics_channel');

for (const channel of channels) subscribe(channel, () => {});
// each is an object, its text and its list with the list's elements
const keep = Array.from({ length: Number(objects) / 4 }, (_, i) => ({ name: `object ${i}`, list: [i] }));
const bytes = Buffer.alloc(30e6, 97);

(async () => {
  let seen = 0;
  for (let i = 0; i < 40; i++) {
    const body = new FormData();
    body.append('file', new Blob([bytes]), 'a.bin');
    try {
      const answer = await fetch(`${base}/upload`, { method: 'POST', body });
      await answer.text();
      seen += answer.status === 413 ? 1 : 0;
    } catch {
      // the reset came first
    }
    await new Promise((done) => setTimeout(done, 20));
  }
  console.log(seen);
  process.exit(keep.length < 0 ? 1 : 0);
})();
