// An application like any other: calls its API, prints what it got, ends by itself.
import http from 'node:http';

const [url, count = '1', ...rest] = process.argv.slice(2);
const get = (target) =>
  new Promise((resolve, reject) => {
    http
      .get(target, (res) => {
        let text = '';
        res.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        res.on('end', () => resolve(`${res.statusCode} ${text}`));
      })
      .on('error', reject);
  });

for (let i = 0; i < Number(count); i++) {
  const response = await fetch(`${url}/fetch/${i}?api_key=s3cr3t`, {
    headers: { authorization: 'Bearer s3cr3t-token' },
  });
  console.log('fetch', response.status, await response.text());
  console.log('http', await get(`${url}/http/${i}`));
}
if (rest.includes('exit')) process.exit(3);
if (rest.includes('beforeExit')) process.on('beforeExit', () => console.log('beforeExit'));
if (rest.includes('wait')) {
  console.log('ready');
  setTimeout(() => {}, 60_000);
}
if (rest.includes('throw')) throw new Error('the application’s own error');
