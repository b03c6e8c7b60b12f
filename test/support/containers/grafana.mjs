// Stands in for Grafana in a container test: reads what the real one would be given, by the same paths and variables, and says what it found.
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { parse } from 'yaml';

const expand = (text) =>
  text.replace(/\$\$|\$\{?(\w+)\}?/g, (whole, name) => (whole === '$$' ? '$' : (process.env[name] ?? '')));
const provisioning = '/etc/grafana/provisioning';
const read = (kind) =>
  readdirSync(join(provisioning, kind))
    .filter((file) => /\.ya?ml$/.test(file))
    .flatMap(
      (file) =>
        parse(expand(readFileSync(join(provisioning, kind, file), 'utf8')))[kind === 'dashboards' ? 'providers' : kind],
    );

const datasources = read('datasources').map(({ uid, type, url }) => ({ uid, type, url }));
const dashboards = read('dashboards').flatMap(({ options }) =>
  readdirSync(options.path)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(options.path, file), 'utf8')))
    .map(({ uid, title }) => ({ uid, title })),
);
const home = JSON.parse(readFileSync(process.env.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH, 'utf8')).uid;

const answers = {
  '/api/health': { database: 'ok' },
  '/api/datasources': datasources,
  '/api/search': dashboards,
  '/home': { uid: home },
};
createServer((request, response) => {
  const answer = answers[request.url];
  response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer ?? {}));
}).listen(3000);
process.on('SIGTERM', () => process.exit(0));
