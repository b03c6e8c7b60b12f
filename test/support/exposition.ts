/** One parsed sample: `name{labels}` with the labels sorted, and its value. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly exemplar?: {
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
    readonly time: number;
  };
}

const LABELS = String.raw`\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*)\}`;
const NUMBER = String.raw`(?:[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?|[-+]Inf|NaN)`;
const LINE = new RegExp(`^([a-zA-Z_:][\\w:]*)(?:${LABELS})? (${NUMBER})(?: # ${LABELS} (${NUMBER}) (${NUMBER}))?$`);

const labelsOf = (text = ''): Record<string, string> => {
  const labels: Record<string, string> = Object.create(null);
  for (const [, name, value] of text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"/g))
    labels[name!] = value!.replace(/\\(["\\n])/g, (_, c: string) => (c === 'n' ? '\n' : c));
  return labels;
};

/** Parses a page strictly: throws on any line that is neither a comment of the format nor a sample, and on a series given twice. */
export function parsePage(page: string): Sample[] {
  const seen = new Set<string>();
  return page
    .split('\n')
    .filter((line) => line !== '' && !/^# (?:HELP|TYPE) [a-zA-Z_:]|^# EOF$/.test(line))
    .map((line) => {
      const m = LINE.exec(line);
      if (!m) throw new Error(`not a sample: ${JSON.stringify(line.slice(0, 300))}`);
      const labels = labelsOf(m[2]);
      const key = `${m[1]}${JSON.stringify(Object.entries(labels).sort())}`;
      if (seen.has(key)) throw new Error(`twice: ${key}`);
      seen.add(key);
      return {
        name: m[1]!,
        labels,
        value: Number(m[3]!.replace('Inf', 'Infinity')),
        ...(m[4] !== undefined && { exemplar: { labels: labelsOf(m[4]), value: Number(m[5]), time: Number(m[6]) } }),
      };
    });
}

/** The sum of a metric over the series that carry the given labels. */
export const sumOf = (samples: readonly Sample[], name: string, labels: Record<string, string> = {}): number =>
  samples
    .filter((s) => s.name === name && Object.entries(labels).every(([k, v]) => s.labels[k] === v))
    .reduce((sum, s) => sum + s.value, 0);
