import type { Pair } from '../collector/overview.ts';
import { TURN } from '../src/evidence/checklist.ts';
import { inert } from '../src/evidence/inert.ts';
import { type WhyKind, whyOf } from '../src/evidence/why.ts';
import { ask, askGroups } from './client.ts';
import { command, flag, output, text, UsageError } from './command.ts';
import { columns, factLines, paint, plural, titleOf, wrap } from './paint.ts';

/** Kinds shown to a person. */
const SHOWN = 5;

export const run = command({
  name: 'why',
  usage: `usage: faultlayer why [<provider or service>] [options]

Says why calls fail: which kinds, since when, whose turn it is, and the first check, from the running collector.`,
  options: { since: text('15m', 'only newer failures: s, m, h or d'), json: flag('the answer as JSON') },
  exits: 'Exit code: 0 nothing fails, 1 something does, 2 wrong usage or no collector.',
  words: [0, 1, 'one provider or service at most'],
  async run(values, [name]) {
    const pairs = await countedPairs();
    const answer = await whyFailing({ ...questionOf(name, pairs), since: values.since }, pairs);
    output(values, answer, () => textOf(answer.kinds, answer.health, name));
    return answer.kinds.length === 0 ? 0 : 1;
  },
});

/** A name is a provider's where calls to one of that name were counted, else a service's. */
function questionOf(name: string | undefined, pairs: readonly Pair[]): About {
  if (name === undefined) return {};
  if (about(pairs, { provider: name }).length > 0) return { provider: name };
  if (about(pairs, { service: name }).length > 0) return { service: name };
  throw new UsageError(`no call to or from '${name}' was counted; 'faultlayer why' without a name shows all`);
}

function textOf(kinds: readonly WhyKind[], health: readonly Pair[], name: string | undefined): string {
  const counts = health.slice(0, SHOWN).map((h) => `${inert(h.service)} → ${inert(h.provider)}: ${shareOf(h)}`);
  if (kinds.length === 0)
    return `${[`no kept failure${name === undefined ? '' : ` of ${inert(name)}`}`, ...counts].join('\n')}\n`;
  const rest = kinds.length - SHOWN;
  const more = rest > 0 ? [paint('gray', `and ${rest} more kinds; faultlayer failures lists them`)] : [];
  return `${[...counts, '', ...kinds.slice(0, SHOWN).flatMap(kindLines), ...more].join('\n')}\n`;
}

const share = ({ calls, failed }: { calls: number; failed: number }): string =>
  calls === 0 ? 'no calls' : `${((failed / calls) * 100).toFixed(1)} % of ${plural(Math.round(calls), 'call')} failed`;
const shareOf = ({ now, usual }: Pair): string =>
  `${share(now)} in the last 5 minutes; in the hour before, ${share(usual)}`;

function kindLines(k: WhyKind): string[] {
  const facts = factLines([
    ['call', `${k.call}, by ${k.service}`],
    ['message', k.message],
    ['error', k.error],
    ['since', `${k.since}, ${plural(k.times, 'time')}`],
    ['deploy', k.deploy && `version ${k.deploy.version}, ${k.deploy.secondsBefore} s before the first of them`],
    ['request IDs', k.requestIds.join(', ') || 'none came back'],
    ['turn of', TURN[k.owner]],
    ['repeat it', k.retry],
  ]);
  return [
    titleOf(k, k.code),
    ...facts,
    ...wrap(k.firstCheck, columns() - 14).map((line) => `${' '.repeat(14)}${paint('cyan', line)}`),
    '',
  ];
}

/** What a question is about; both absent: everything. */
export interface About {
  readonly provider?: string | undefined;
  readonly service?: string | undefined;
  /** Only failures of this long: `15m`. */
  readonly since?: string | undefined;
}

const same = (a: string, b: string | undefined): boolean => b === undefined || a.toLowerCase() === b.toLowerCase();

/** Of what is counted, what a question is about. */
export const about = (pairs: readonly Pair[], { provider, service }: About): Pair[] =>
  pairs.filter((pair) => same(pair.provider, provider) && same(pair.service, service));

/** Counts by service and provider from the running collector. */
export async function countedPairs(): Promise<Pair[]> {
  return ((await ask('/api/providers')) as { pairs: Pair[] }).pairs;
}

/** Why calls fail: the kinds of kept failures, and the counts they belong to. */
export async function whyFailing(question: About, pairs: readonly Pair[]) {
  const groups = await askGroups(question);
  const health = about(pairs, question);
  return { kinds: whyOf(groups, health), health };
}
