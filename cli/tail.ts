import { configuredToken, knownToken } from '../collector/pages/token.ts';
import { loadConfig } from '../src/config.ts';
import { matches } from '../src/evidence/filter.ts';
import { addressOf, noAnswer, open, wantsToken } from './client.ts';
import { command, flag } from './command.ts';
import { FILTER_OPTIONS, filterFrom } from './filter.ts';
import { follow } from './live/feed.ts';
import { LivePrinter } from './live/printer.ts';

/** Follows the live feed of the collector at `FAULTLAYER_HTTP_HOST` and `_PORT`. */
export const run = command({
  name: 'tail',
  usage: `usage: faultlayer tail [options]

Prints failures as the running collector keeps them, until Ctrl-C.`,
  options: { ...FILTER_OPTIONS, json: flag('one JSON object a line, on stdout') },
  async run(values) {
    const { filter } = filterFrom(values);
    const { config } = loadConfig(process.env);
    const base = `${config.httpTlsCert === undefined ? 'http' : 'https'}://${addressOf(config)}`;
    const printer = new LivePrinter({ stream: process.stdout, linkOf: (id) => `${base}/failures/${id}` });
    const feed = follow(
      (path, headers, answer) => open(config, path, { headers }, answer),
      knownToken(configuredToken(config), process.env),
      (live) => {
        if (!matches(live.failure, filter)) return;
        if (values.json) process.stdout.write(`${JSON.stringify(live.failure)}\n`);
        else printer.add(live);
      },
    );
    await feed.ended.catch((error: NodeJS.ErrnoException & { status?: number }) => {
      throw error.status === 401 ? wantsToken(base) : noAnswer(base, error);
    });
    process.stderr.write('faultlayer: the collector has ended\n');
    return 0;
  },
});
