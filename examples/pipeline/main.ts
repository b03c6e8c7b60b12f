import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { APIS } from '../provider/apis/index.ts';
import { RELEASES } from '../service/release.ts';
import { writeCommandLine } from './command-line.ts';
import { startAlertmanager, startPrometheus } from './daemons.ts';
import { Fleet } from './fleet.ts';
import { SCALE } from './monitoring.ts';
import { faultSwitch, play, releaseOf } from './play.ts';
import { choosePorts, type Ports } from './ports.ts';
import { Processes } from './processes.ts';
import { startReceiver } from './receiver.ts';
import { Screen } from './screen.ts';
import { untilAnswers } from './wait.ts';

/** `npm start`: the whole pipeline as real processes on this machine, and a story in which six providers fail. */
const root = resolve(import.meta.dirname, '../../..');
const dist = join(root, 'dist');
const folder = resolve(process.env['PIPELINE_FOLDER'] ?? join(root, '.cache/pipeline'));
const screen = new Screen(['dashboard_url']);
/** For the failure pages of this run's collector. */
const token = randomBytes(12).toString('base64url');
const url = (port: number, path = '') => `http://127.0.0.1:${port}${path}`;

/** Starts everything in the order of the data flow, back to front; the services last. */
async function start(processes: Processes, ports: Ports) {
  const provider = processes.start('provider', [process.execPath, join(dist, 'examples/provider/main.js')], {
    PROVIDER_PORT: String(ports.provider),
    PROVIDER_CONTROL_PORT: String(ports.control),
    PROVIDER_FOLDER: folder,
  });
  processes.start('collector', [process.execPath, join(dist, 'cli/main.js'), 'collector'], {
    FAULTLAYER_OTLP_PORT: String(ports.otlp),
    FAULTLAYER_HTTP_PORT: String(ports.collector),
    FAULTLAYER_HTTP_TOKEN: token,
  });
  await Promise.all([provider.firstLine, untilAnswers('the collector', url(ports.collector, '/-/ready'))]);
  const alertmanager = await startAlertmanager(processes, folder, join(root, 'alerts'), ports);
  const prometheus = await startPrometheus(processes, folder, ports);
  const fleet = new Fleet(processes, { otlp: url(ports.otlp), providerPort: ports.provider, certs: folder });
  await Promise.all(RELEASES.map((release) => fleet.deploy(release)));
  return { fleet, alertmanager, prometheus };
}

/** `faultlayer` for another terminal: this run's collector, the names its services know, its certificate authority. */
const commandLine = (ports: Ports): string =>
  writeCommandLine(join(folder, 'faultlayer'), [join(dist, 'examples/service/names.js'), join(dist, 'cli/main.js')], {
    FAULTLAYER_HTTP_PORT: String(ports.collector),
    FAULTLAYER_HTTP_TOKEN: token,
    FAULTLAYER_REPLAY_ORIGINS: APIS.map(({ host }) => `https://${host}:${ports.provider}`).join(),
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
    SERVICE_HOSTS: join(folder, 'hosts'),
  });

function introduce(ports: Ports, has: { prometheus: boolean; alertmanager: boolean }): void {
  const missing =
    'not installed; everything else runs (Debian, Ubuntu: apt-get install prometheus prometheus-alertmanager)';
  screen.line();
  screen.table([
    [
      'services',
      `${RELEASES.map((r) => `${r.service} ${r.version}`).join(', ')}, under node --require faultlayer/register`,
    ],
    ['provider', `${url(ports.control)}  every fault as a switch`],
    ['collector', `${url(ports.collector)}/metrics  OTLP at ${url(ports.otlp)}`],
    ['failures', `${url(ports.collector, '/failures')}#token=${token}`],
    ['prometheus', has.prometheus ? url(ports.prometheus, '/alerts') : missing],
    ['alertmanager', has.alertmanager ? url(ports.alertmanager) : missing],
    ['pages', `${url(ports.receiver, '/pages')}  the same as JSON`],
    [
      'command line',
      `${relative(process.cwd(), commandLine(ports))} failures | doctor <id> --allow-private | replay <id>`,
    ],
    ['logs', relative(process.cwd(), join(folder, 'logs'))],
  ]);
  screen.line();
  screen.line(
    `  The shipped rules run with every window × 1/${1 / SCALE}: five minutes last ten seconds. Ctrl-C ends everything.`,
  );
  screen.line();
}

async function run(): Promise<number> {
  const ports = await choosePorts(process.env);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const processes = new Processes(join(folder, 'logs'));
  let stop = (_code: number): void => {};
  const stopped = new Promise<number>((resolve) => {
    stop = resolve;
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(0));
  processes.onDeath = (name, how, words) => {
    screen.note(`${name} ended by itself (${how}): ${words}`);
    stop(1);
  };
  const receiver = await startReceiver('127.0.0.1', ports.receiver, (page) => screen.page(page));
  const story = async () => {
    const { fleet, ...has } = await start(processes, ports);
    screen.begin();
    introduce(ports, has);
    const deploy = (service: string, version: string, env: Record<string, string>) =>
      fleet.deploy(releaseOf(service, version, env));
    await play(
      { fault: faultSwitch(url(ports.control)), deploy },
      screen,
      has.prometheus ? url(ports.prometheus) : undefined,
    );
  };
  story().catch((error: Error) => {
    process.stderr.write(`pipeline: ${error.message}\n`);
    stop(1);
  });
  const code = await stopped;
  screen.line();
  screen.note('stopping');
  await processes.stopAll();
  await receiver.close();
  return code;
}

run().then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`pipeline: ${error.message}\n`);
    process.exit(1);
  },
);
