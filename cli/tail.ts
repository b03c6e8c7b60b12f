import { configuredToken, knownToken } from '../collector/pages/token.ts';
import { loadConfig } from '../src/config.ts';
import { matches } from '../src/evidence/filter.ts';
import { FILTER_OPTIONS, filterFrom, follow, noAnswer, pagesOf, wantsToken } from './client.ts';
import { command, flag, say } from './command.ts';
import { livePrinter } from './printer.ts';

/** Follows the live feed of the collector at `FAULTLAYER_HTTP_HOST` and `_PORT`. */
export const run = command({
  name: 'tail',
  usage: `usage: faultlayer tail [options]

Prints failures as the running collector keeps them, until Ctrl-C.`,
  options: { ...FILTER_OPTIONS, json: flag('one JSON object a line, on stdout') },
  async run(values) {
    const { filter } = filterFrom(values);
    const { config } = loadConfig(process.env);
    const base = pagesOf(config);
    const printer = livePrinter(process.stdout, (id) => `${base}/failures/${id}`);
    const feed = follow(config, knownToken(configuredToken(config), process.env), (failure) => {
      if (!matches(failure, filter)) return;
      if (values.json) process.stdout.write(`${JSON.stringify(failure)}\n`);
      else printer.add(failure);
    });
    await feed.ended.catch((error: NodeJS.ErrnoException & { status?: number }) => {
      throw error.status === 401 ? wantsToken(base) : noAnswer(base, error);
    });
    say('the collector has ended');
    return 0;
  },
});
