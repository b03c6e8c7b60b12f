// What every application of this suite does: four calls by two clients, and what came of them on stdout.
const http = require('node:http');

const url = process.env.URL;
const get = (to) =>
  new Promise((resolve, reject) => {
    http.get(to, (res) => res.resume().on('end', () => resolve(res.statusCode))).on('error', reject);
  });

async function calls(name = 'main') {
  const said = [];
  said.push((await fetch(`${url}/${name}/fetch`)).status);
  said.push((await fetch(`${url}/${name}/fetch/fail?token=s3cr3t-in-a-query`)).status);
  said.push(await get(`${url}/${name}/http`));
  said.push(await get(`${url}/${name}/http/fail?token=s3cr3t-in-a-query`));
  return said.join(' ');
}
/** Stays a little, so that a test can ask this process for its metrics. */
const stay = () => new Promise((resolve) => setTimeout(resolve, Number(process.env.STAY ?? 0)));

module.exports = { calls, get, stay };
