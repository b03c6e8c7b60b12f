import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { COMMAND, environmentOf, RELEASES, type Release } from './release.ts';

/**
 * Runs one service in a container, where nothing but the container's own process can restart it: POST /deploy with `{"version","env"}` ends the
 * running version and starts the new one.
 */
const first = RELEASES.find((release) => release.service === process.env['SERVICE']);
if (first === undefined) {
  process.stderr.write(`host: SERVICE must be one of ${RELEASES.map((release) => release.service).join(', ')}\n`);
  process.exit(2);
}
const at = {
  otlp: process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? 'http://127.0.0.1:4318',
  providerPort: Number(process.env['PROVIDER_PORT'] ?? 9443),
  certs: process.env['PROVIDER_FOLDER'] ?? '/certs',
};

let child: ChildProcess | undefined;
let stopping = false;
async function deploy(release: Release): Promise<void> {
  const old = child;
  child = undefined;
  if (old) {
    const ended = new Promise((resolve) => old.once('exit', resolve));
    old.kill('SIGTERM');
    await ended;
  }
  if (stopping) return;
  const [file, ...args] = COMMAND;
  const started = spawn(file, args, { stdio: 'inherit', env: { ...process.env, ...environmentOf(release, at) } });
  child = started;
  started.once('exit', (code) => {
    if (child === started) process.exit(code ?? 1); // not by a deploy: the container ends with it
  });
}

const server = createServer((request, response) => {
  if (request.method !== 'POST' || request.url !== '/deploy') {
    response.writeHead(request.url === '/' ? 200 : 404).end();
    return;
  }
  let text = '';
  request.on('data', (chunk: Buffer) => (text += chunk.toString()));
  request.on('end', () => {
    let next: Partial<Release>;
    try {
      next = JSON.parse(text) as Partial<Release>;
    } catch {
      response.writeHead(400).end();
      return;
    }
    deploy({ ...first, ...next, env: { ...first.env, ...next.env } }).then(
      () => response.writeHead(204).end(),
      () => response.writeHead(500).end(),
    );
  });
});
server.listen(Number(process.env['HOST_PORT'] ?? 8080));
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    stopping = true;
    child?.kill('SIGTERM');
    process.exit(0);
  });
void deploy(first);
