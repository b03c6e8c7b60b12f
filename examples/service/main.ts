import { repeat } from './job.ts';
import { JOBS } from './jobs/index.ts';

/**
 * The example service: does its jobs over and over, through the SDKs a real one would use. What makes it observable is not in here, it is
 * `node --require faultlayer/register` on its command line.
 */
const port = Number(process.env['PROVIDER_PORT'] ?? 9443);
const perSecond = Number(process.env['SERVICE_CALLS_PER_SECOND'] ?? 8);
const names = (process.env['SERVICE_JOBS'] ?? Object.keys(JOBS).join(',')).split(',');

const unknown = names.filter((name) => !Object.hasOwn(JOBS, name));
if (unknown.length > 0) {
  process.stderr.write(`service: no job called ${unknown.join(', ')}; there are ${Object.keys(JOBS).join(', ')}\n`);
  process.exit(2);
}
const running = names.map((name) => repeat(JOBS[name]!(port), perSecond, 20));
process.stdout.write(`${JSON.stringify({ ready: true, jobs: names })}\n`);

const stop = () => {
  for (const job of running) job.stop();
  process.exit(0);
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
