// A CommonJS application that calls with both built-in clients.
const http = require('node:http');
const url = process.argv[2];
http.get(`${url}/cjs/http`, (res) => {
  res.resume().on('end', async () => {
    console.log(res.statusCode, (await fetch(`${url}/cjs/fetch`)).status);
  });
});
