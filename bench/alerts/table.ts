import type { Result } from './result.ts';
import { type ClassTally, type Figures, figures, minutesAt, type Tally } from './score.ts';

const percent = (x: number): string => `${(100 * x).toFixed(1)} %`;
const whole = (n: number): string => Math.round(n).toLocaleString('en-US');

const row = (name: string, f: Figures): string => {
  const often = f.falsePages < 10 ? f.falsePages.toFixed(1) : whole(f.falsePages);
  const minutes = (...of: readonly number[]) => of.map((x) => (Number.isNaN(x) ? '–' : x.toFixed(1))).join(' / ');
  return `| ${name} | ${percent(f.recall)} | ${percent(f.precision)} | ${often} | ${minutes(f.busyMedian, f.busyP90)} | ${minutes(f.fewMedian, f.fewP90)} | ${minutes(f.jobsLongest)} | ${f.pagesPerIncident.toFixed(2)} |`;
};

/** The results as Markdown: the shipped rules by run, beside the usual ones, then each class of incident alone. */
export function table(all: readonly Result[], commit: string): string {
  const tallies = all.map((r) => r.tally);
  const usual = [...new Set(all.flatMap((r) => Object.keys(r.statics)))];
  return [
    `At commit ${commit}: ${all.length} runs of two weeks, ${whole(all.reduce((n, r) => n + r.services, 0) / all.length)} services and ${whole(tallies.reduce((n, t) => n + t.incidents, 0) / all.length)} labelled incidents each.`,
    '',
    '| rules | recall | precision | false pages a week per 100 services | minutes to page, median / p90 | the same below ten calls a minute | jobs, the longest | pages per incident |',
    '|---|---|---|---|---|---|---|---|',
    row('**shipped**', figures(tallies)),
    ...([15, 30, 60] as const).flatMap((every) => {
      const of = all.filter((r) => r.every === every).map((r) => r.tally);
      return of.length > 0 ? [row(`**scraped every ${every} s**`, figures(of))] : [];
    }),
    ...all.map((r) =>
      row(
        `… ${r.generator === 'other' ? 'other generator, ' : ''}seed ${r.seed}, scraped every ${r.every} s`,
        figures([r.tally]),
      ),
    ),
    ...usual.map((name) => row(name, figures(all.flatMap((r) => r.statics[name] ?? [])))),
    '',
    '| class of incident | found | notifications each | minutes, median / p90 |',
    '|---|---|---|---|',
    ...classes(tallies),
    '',
    `False pages by class of service: ${falsely(tallies)}.`,
    '',
  ].join('\n');
}

function classes(tallies: readonly Tally[]): string[] {
  const names = [...new Set(tallies.flatMap((t) => Object.keys(t.classes)))].toSorted();
  return names.map((name) => {
    const of = tallies.flatMap((t): ClassTally[] => (t.classes[name] === undefined ? [] : [t.classes[name]]));
    const sum = (f: (c: ClassTally) => number) => of.reduce((n, c) => n + f(c), 0);
    const delays = of.flatMap((c) => c.delays);
    const found = sum((c) => c.found);
    return `| ${name} | ${found} of ${sum((c) => c.incidents)} | ${(sum((c) => c.notifications) / Math.max(1, found)).toFixed(1)} | ${minutesAt(0.5, delays).toFixed(1)} / ${minutesAt(0.9, delays).toFixed(1)} |`;
  });
}

function falsely(tallies: readonly Tally[]): string {
  const counts = new Map<string, number>();
  for (const t of tallies)
    for (const [name, n] of Object.entries(t.falsely)) counts.set(name, (counts.get(name) ?? 0) + n);
  return [...counts].map(([name, n]) => `${name} ${n}`).join(', ') || 'none';
}
