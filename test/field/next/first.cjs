// A script that registers @vercel/otel and calls in the same turn: its wrapper of `fetch` starts a span before anybody has seen the provider.
const { registerOTel } = require('@vercel/otel');
registerOTel({ serviceName: 'script' });
(async () => {
  const said = [];
  for (const path of ['/first/fail', '/second/fail?token=s3cr3t-in-a-query', '/third'])
    said.push((await fetch(process.env.URL + path)).status);
  console.log(said.join(' '));
  await new Promise((resolve) => setTimeout(resolve, Number(process.env.STAY)));
})();
