// WebSockets of `ws` and of Node, against a server of `ws`: handshakes that are refused, sessions that end well and badly.
import { once } from 'node:events';
import http from 'node:http';
import WebSocket, { WebSocketServer } from 'ws';

const ENDS = {
  good: (socket) => socket.close(1000),
  away: (socket) => socket.close(1001),
  own: (socket) => socket.close(4001, 'application'),
  cut: (socket) => socket.terminate(),
  broken: (socket) => socket.close(1011, 'no more'),
};
const server = http.createServer((_req, res) => res.writeHead(426).end());
const sessions = new WebSocketServer({ noServer: true });
server.on('upgrade', (req, socket, head) => {
  const [, , how] = req.url.split('/');
  if (/^\d{3}$/.test(how)) socket.end(`HTTP/1.1 ${how} No\r\nx-request-id: req-9\r\ncontent-length: 0\r\n\r\n`);
  else sessions.handleUpgrade(req, socket, head, (session) => session.on('message', () => ENDS[how](session)));
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const base = `ws://127.0.0.1:${server.address().port}`;

const ended = (Class, name, how) =>
  new Promise((done) => {
    const socket = new Class(`${base}/${name}/${how}`);
    socket.onopen = () => socket.send('x');
    socket.onerror = () => {};
    socket.onclose = ({ code }) => done(console.log(`${name} ${how}: ${code}`));
  });
for (const [name, Class] of Object.entries({ ws: WebSocket, native: globalThis.WebSocket }))
  for (const how of ['401', '503', ...Object.keys(ENDS)]) await ended(Class, name, how);
await new Promise((done) => new WebSocket('ws://127.0.0.1:1/ws/refused').on('error', () => {}).on('close', done));
server.close();
