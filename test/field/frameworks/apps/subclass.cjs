// Subclasses of the agents that keep what they were given, as proxies and test tools do.
const http = require('node:http');
class Counting extends http.Agent {
  addRequest(req, options, ...rest) {
    Counting.requests = (Counting.requests ?? 0) + 1;
    return super.addRequest(req, options, ...rest);
  }
}
const agent = new Counting({ keepAlive: true });
const get = (path) =>
  new Promise((resolve, reject) => {
    http
      .get(`${process.env.URL}${path}`, { agent }, (res) => res.resume().on('end', () => resolve(res.statusCode)))
      .on('error', reject);
  });
(async () => {
  console.log(await get('/agent'), await get('/agent/fail'), Counting.requests);
  await require('./calls.cjs').stay();
  agent.destroy();
})();
