const { calls, stay } = require('./calls.cjs');
// an agent started in code, after us
if (process.env.IN_CODE) require(process.env.IN_CODE);
require('node:http')
  .createServer(async (_req, res) => {
    const said = await calls();
    res.end(said);
  })
  .listen(0, '127.0.0.1', async function () {
    const asked = require('node:child_process').spawn('curl', ['-s', `http://127.0.0.1:${this.address().port}/`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const piece of asked.stdout) console.log(String(piece));
    await stay();
    process.exit(0);
  });
