// One call of node:http.
import http from 'node:http';

const [url] = process.argv.slice(2);
http.get(`${url}/ok`, (answer) => {
  console.log(answer.statusCode);
  answer.resume();
});
