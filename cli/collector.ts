import { startCollector } from '../collector/index.ts';
import { loadConfig, OPTIONS, type Option } from '../src/config.ts';
import { command, flag, say, text } from './command.ts';
import { notKnown } from './config.ts';

const LOOPBACK = /^(?:127\.|::1$|localhost$)/;

/** `--otlp-port` for `FAULTLAYER_OTLP_PORT`: every variable that the collector reads and that is no secret. */
const FLAGS = new Map(
  Object.values(OPTIONS as unknown as Record<string, Option>)
    .filter((o) => o.reader === 'collector' && !o.secret)
    .map((o) => [o.env.replace('FAULTLAYER_', '').toLowerCase().replaceAll('_', '-'), o]),
);
const USAGE = `usage: faultlayer collector [options]

Receives OTLP spans and serves /metrics, health and pages. Each option is also a variable:
--otlp-port 4318 is FAULTLAYER_OTLP_PORT=4318. Secrets are variables only. SIGTERM ends it after the requests in flight
and a last scrape, SIGINT (Ctrl-C) without waiting for one; SIGHUP reads certificates again.`;

/** Runs the collector until SIGTERM or SIGINT; a second signal ends it at once. */
export const run = command({
  name: 'collector',
  usage: USAGE,
  options: {
    ...Object.fromEntries(
      [...FLAGS].map(([name, o]) => [name, o.default === false ? flag(o.doc) : text('value', o.doc)]),
    ),
    json: flag('print the addresses as JSON'),
  },
  async run(values: Readonly<Record<string, string | boolean | undefined>>) {
    const given = [...FLAGS].filter(([name]) => values[name] !== undefined);
    const flags = Object.fromEntries(given.map(([name, o]) => [o.env, String(values[name])]));
    const { config, problems } = loadConfig({ ...process.env, ...flags });
    // A name that is not known is told and no more: a newer chart's option must not keep an older collector down.
    for (const line of [...problems, ...notKnown(process.env)]) say(line);
    if (problems.length > 0) return 2;
    const collector = await startCollector(config);
    if (values['json'])
      process.stdout.write(
        `${JSON.stringify({ otlp: collector.otlpUrl, grpc: collector.otlpGrpcUrl, http: collector.httpUrl })}\n`,
      );
    say(
      `OTLP/HTTP on ${collector.otlpUrl}/v1/traces, ${collector.otlpGrpcUrl === undefined ? '' : `gRPC on ${collector.otlpGrpcUrl}, `}metrics on ${collector.httpUrl}/metrics, failures on ${collector.httpUrl}/failures`,
    );
    if (config.httpToken === undefined && config.httpTokenFile === undefined && !config.openLocal)
      say(`to sign in once, within ten minutes: ${collector.loginUrl()}`);
    if (!LOOPBACK.test(config.otlpHost) && config.otlpToken === undefined)
      say(`anyone who reaches ${config.otlpHost} can send spans; set FAULTLAYER_OTLP_TOKEN or listen on 127.0.0.1`);
    await new Promise<void>((resolve) => {
      let asked = false;
      const stop = (scraped: boolean) => (): void => {
        if (asked) process.exit(1);
        asked = true;
        collector.close({ scraped }).then(resolve, resolve);
      };
      process.on('SIGTERM', stop(true));
      process.on('SIGINT', stop(false));
      // To a daemon it means that certificates have changed, to what a terminal started that the terminal is gone.
      process.on('SIGHUP', process.stdin.isTTY ? stop(true) : () => collector.reload());
    });
    say(`ended; ${await collector.lastLine()}`);
    return 0;
  },
});
