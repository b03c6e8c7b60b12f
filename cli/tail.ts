import { configuredToken, knownToken } from '../collector/pages/token.ts';
import { loadConfig } from '../src/config.ts';
import { type Filter, filterOf, matches } from '../src/evidence/filter.ts';
import { addressOf, CollectorError, open } from './client.ts';
import { command, UsageError } from './command.ts';
import { follow } from './live/feed.ts';
import { LivePrinter } from './live/printer.ts';

const USAGE = `usage: faultlayer tail [options]

Prints failures as the running collector keeps them, until Ctrl-C.

  --service --provider --layer --code --host <value>   only these
  --status <code>      only this HTTP status
  --json               one JSON object a line, on stdout
`;
const text = { type: 'string' } as const;

/** Follows the live feed of the collector at `FAULTLAYER_HTTP_HOST` and `_PORT`. */
export const run = command({
  name: 'tail',
  usage: USAGE,
  options: {
    service: text,
    provider: text,
    layer: text,
    code: text,
    host: text,
    status: text,
    json: { type: 'boolean' },
  },
  async run(values) {
    const asked = values as Readonly<Record<string, string | undefined>>;
    const filter = filterOf((name) => (name === 'json' ? undefined : asked[name]), Date.now());
    if ('problem' in filter) throw new UsageError(`--${filter.problem}`);
    const { config } = loadConfig(process.env);
    const base = `${config.httpTlsCert === undefined ? 'http' : 'https'}://${addressOf(config)}`;
    const printer = new LivePrinter({ stream: process.stdout, linkOf: (id) => `${base}/failures/${id}` });
    const feed = follow(
      (path, headers, answer) => open(config, path, { headers }, answer),
      knownToken(configuredToken(config), process.env),
      (live) => {
        if (!matches(live.failure, filter as Filter)) return;
        if (values.json) process.stdout.write(`${JSON.stringify(live.failure)}\n`);
        else printer.add(live);
      },
    );
    await feed.ended.catch((error: NodeJS.ErrnoException & { status?: number }) => {
      if (error.status === 401)
        throw new CollectorError(
          `the collector at ${base} wants a token; set FAULTLAYER_HTTP_TOKEN to the one it was started with`,
        );
      throw new CollectorError(`no collector answers at ${base} (${error.code ?? error.message})`);
    });
    process.stderr.write('faultlayer: the collector has ended\n');
    return 0;
  },
});
