import type { Result } from './result.ts';
import { type Figures, figures, minutesAt, type RuleTally } from './score.ts';

const percent = (x: number): string => `${(100 * x).toFixed(1)} %`;
const whole = (n: number): string => Math.round(n).toLocaleString('en-US');

const row = (name: string, f: Figures): string => {
  const weekly = f.falsePerWeek < 10 ? f.falsePerWeek.toFixed(1) : whole(f.falsePerWeek);
  return `| ${name} | ${percent(f.recall)} | ${percent(f.precision)} | ${weekly} | ${f.medianMinutes.toFixed(1)} / ${f.p90Minutes.toFixed(1)} | ${f.pagesPerIncident.toFixed(2)} |`;
};

const HEAD = [
  '| rules | recall | precision | false pages a week | minutes to page, median / p90 | pages per incident |',
  '|---|---|---|---|---|---|',
];

/** The results as Markdown: the shipped rules by seed, beside the usual ones, then each shipped alert alone. */
export function table(all: readonly Result[]): string {
  const usual = Object.keys(all[0]?.statics ?? {});
  const lines = [
    `${span(all.map((r) => r.services))} services, ${whole(sum(all, (r) => r.samples) / all.length)} samples and ${span(all.map((r) => r.shipped.incidents))} labelled incidents a seed, in 13 judged days each.`,
    '',
    ...HEAD,
    row('**shipped**', figures(all.map((r) => r.shipped))),
    ...all.map((r) => row(`… seed ${r.seed}`, figures([r.shipped]))),
    ...usual.map((name) => row(name, figures(all.map((r) => r.statics[name]!)))),
    '',
    '| alert | notifications | precision | its incidents | told by it | told by any | minutes, median / p90 |',
    '|---|---|---|---|---|---|---|',
    ...Object.keys(all[0]?.rules ?? {}).map((name) =>
      ruleRow(
        name,
        all.map((r) => r.rules[name]!),
      ),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function ruleRow(name: string, all: readonly RuleTally[]): string {
  const [sent, right, own] = [sum(all, (r) => r.sent), sum(all, (r) => r.right), sum(all, (r) => r.own)];
  const delays = all.flatMap((r) => r.delays);
  const share = (n: number, whole: number) => (whole === 0 ? '–' : percent(n / whole));
  const minutes =
    delays.length === 0 ? '–' : `${minutesAt(0.5, delays).toFixed(1)} / ${minutesAt(0.9, delays).toFixed(1)}`;
  return `| \`${name}\` | ${sent} | ${share(right, sent)} | ${own} | ${share(
    sum(all, (r) => r.told),
    own,
  )} | ${share(
    sum(all, (r) => r.found),
    own,
  )} | ${minutes} |`;
}

const sum = <T>(list: readonly T[], f: (one: T) => number): number => list.reduce((n, one) => n + f(one), 0);

const span = (numbers: readonly number[]): string => {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return least === most ? String(least) : `${least} to ${most}`;
};
