import axios from 'axios';
import { HttpResponse, http, passthrough } from 'msw';
import { setupServer } from 'msw/node';

const real = `${process.env.URL}/real`;
const server = setupServer(
  http.get('http://api.mock/down', () => new HttpResponse('x', { status: 500 })),
  http.get('http://api.mock/error', () => HttpResponse.error()),
  http.get(real, () => passthrough()),
);
server.listen();
for (const url of ['http://api.mock/down', 'http://api.mock/error', real, `${process.env.URL}/unknown`]) {
  console.log(await fetch(url).then(({ status }) => status, String));
  console.log(await axios.get(url).catch(({ response, message }) => response?.status ?? message));
}
server.close();
