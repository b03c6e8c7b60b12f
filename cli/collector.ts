import { parseArgs } from 'node:util';
import { startCollector } from '../collector/index.ts';
import { loadConfig, unknownVariables } from '../src/config.ts';

const LOOPBACK = /^(?:127\.|::1$|localhost$)/;

/** Runs the collector until SIGTERM or SIGINT; a second signal ends it at once. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) {
    process.stdout.write(
      'usage: faultlayer collector [--json]\n\nReceives OTLP/HTTP spans and serves /metrics, health and pages. Configured by FAULTLAYER_*\nvariables (see faultlayer config). SIGTERM ends it after the requests in flight.\n',
    );
    return 0;
  }
  const { config, problems } = loadConfig(process.env);
  const wrong = [
    ...problems,
    ...unknownVariables(process.env).map((name) => `${name} is not known; see faultlayer config`),
  ];
  for (const line of wrong) process.stderr.write(`faultlayer: ${line}\n`);
  if (wrong.length > 0) return 2;
  const collector = await startCollector(config);
  if (values.json) process.stdout.write(`${JSON.stringify({ otlp: collector.otlpUrl, http: collector.httpUrl })}\n`);
  process.stderr.write(
    `faultlayer: OTLP/HTTP on ${collector.otlpUrl}/v1/traces, metrics on ${collector.httpUrl}/metrics, failures on ${collector.httpUrl}/failures\n`,
  );
  if (!LOOPBACK.test(config.otlpHost) && config.otlpToken === undefined)
    process.stderr.write(
      `faultlayer: anyone who reaches ${config.otlpHost} can send spans; set FAULTLAYER_OTLP_TOKEN or listen on 127.0.0.1\n`,
    );
  await new Promise<void>((resolve) => {
    let asked = false;
    const stop = (): void => {
      if (asked) process.exit(1);
      asked = true;
      collector.close().then(resolve, resolve);
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  });
  return 0;
}
