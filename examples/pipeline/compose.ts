import { RELEASES } from '../service/release.ts';
import { SCALE } from './monitoring.ts';
import { faultSwitch, play, releaseOf } from './play.ts';
import { startReceiver } from './receiver.ts';
import { Screen } from './screen.ts';

/** The story in docker-compose.yml's network, where the other processes are containers: plays it and shows the pages on stdout. */
const screen = new Screen();

async function deploy(service: string, version: string, env: Record<string, string>): Promise<void> {
  const answer = await fetch(`http://${service}:8080/deploy`, {
    method: 'POST',
    body: JSON.stringify(releaseOf(service, version, env)),
  });
  if (!answer.ok) throw new Error(`${service} refused the deploy: ${answer.status}`);
}

async function run(): Promise<void> {
  await startReceiver('0.0.0.0', 9469, (page) => screen.page(page));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
  screen.begin();
  screen.table([
    ['services', RELEASES.map((r) => `${r.service} ${r.version}`).join(', ')],
    ['grafana', 'http://127.0.0.1:3000'],
    ['collector', 'http://127.0.0.1:9468/metrics'],
    ['failures', 'http://127.0.0.1:9468/failures#token=example'],
    ['prometheus', 'http://127.0.0.1:9090/alerts'],
    ['alertmanager', 'http://127.0.0.1:9093'],
  ]);
  screen.line();
  screen.line(`  The shipped rules run with every window × 1/${1 / SCALE}: five minutes last ten seconds.`);
  screen.line();
  await play({ fault: faultSwitch('http://provider:9444'), deploy }, screen, 'http://prometheus:9090');
}

run().catch((error: Error) => {
  process.stderr.write(`story: ${error.message}\n`);
  process.exit(1);
});
