import { concerns, type Figures, figures, type Score } from './score.ts';

export interface Judged {
  readonly seed: number;
  readonly services: number;
  readonly shipped: Score;
  readonly statics: ReadonlyMap<string, Score>;
}

const percent = (x: number): string => `${(100 * x).toFixed(1)} %`;
const row = (name: string, f: Figures): string =>
  `| ${name} | ${percent(f.recall)} | ${percent(f.precision)} | ${f.falsePerWeek.toFixed(1)} | ${f.medianMinutes.toFixed(1)} / ${f.p90Minutes.toFixed(1)} | ${f.pagesPerIncident.toFixed(2)} |`;

/** The result as Markdown: the shipped rules beside the usual ones, then each shipped rule alone. */
export function table(all: readonly Judged[]): string {
  const lines = [
    `Seeds ${all.map((o) => o.seed).join(', ')}; ${all[0]!.services} services; ${all.reduce((n, o) => n + o.shipped.incidents, 0)} labelled incidents in ${all.length} × 13 judged days.`,
    '',
    '| rules | recall | precision | false pages a week | minutes to page, median / p90 | pages per incident |',
    '|---|---|---|---|---|---|',
    row('**shipped**', figures(all.map((o) => o.shipped))),
    ...[...all[0]!.statics.keys()].map((name) => row(name, figures(all.map((o) => o.statics.get(name)!)))),
    '',
    '| shipped rule | notifications with it | of an incident |',
    '|---|---|---|',
  ];
  const names = new Set(all.flatMap((o) => o.shipped.judged.flatMap((n) => n.firings.map((f) => f.alert))));
  for (const name of [...names].toSorted()) {
    const of = all.flatMap((o) =>
      o.shipped.judged
        .filter((n) => n.firings.some((f) => f.alert === name))
        .map((n) => o.shipped.labelled.some((i) => concerns(n, i))),
    );
    lines.push(`| \`${name}\` | ${of.length} | ${of.filter(Boolean).length} |`);
  }
  return `${lines.join('\n')}\n`;
}
