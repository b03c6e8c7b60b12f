/**
 * Go template fragments for Prometheus annotations. Label values are data: they are only ever arguments (`$labels.x`, `%q`),
 * never template text, so a code such as `{{ query "up" }}` arrives as those very characters.
 */
/** `$service` and the like: one line, no control characters, at most 100 characters of the label. */
const VARIABLES = {
  service_name: '$service',
  api_provider_name: '$provider',
  api_failure_layer: '$layer',
  api_provider_code: '$code',
  server_address: '$server',
} as const;
export type Name = keyof typeof VARIABLES;
/** One line of at most so many characters. */
export const shortened = (value: string, most = 100): string =>
  String.raw`reReplaceAll "(?s)^(.{${most}}).+$" "$1…" (reReplaceAll "[\\s\\p{C}]+" " " ${value})`;

export const safe = (label: string): string => `{{ ${shortened(`$labels.${label}`)} }}`;

/** Defines the variables at the head of an annotation. */
export const head = (about: readonly Name[]): string =>
  about.map((label) => `{{ ${VARIABLES[label]} := ${shortened(`$labels.${label}`)} }}`).join('');

/** The labels of each selector. */
const WITHIN = {
  s: () => true,
  svc: (l: Name) => l === 'service_name' || l === 'api_provider_name',
  service: (l: Name) => l === 'service_name',
} as const;

/**
 * Runs one query and shows its answer. `{s}` in the query becomes the series selector, `{s,more="x"}` the same with further matchers, `{svc}`
 * that of service and provider alone, `{service}` of the service; label values go in as `%q`, whose escapes PromQL reads back, and `{value}` as the alert's number.
 */
export function value(about: readonly Name[], query: string, show: string, otherwise = ''): string {
  const args: string[] = [];
  const format = query
    .replace(/\{(service|svc|s)(,[^}]*)?\}|\{value\}/g, (found, of: string | undefined, more = '') => {
      if (found === '{value}') {
        args.push('$value');
        return '%f';
      }
      const labels = about.filter(WITHIN[of as keyof typeof WITHIN]);
      args.push(...labels.map((l) => `$labels.${l}`));
      const matchers = labels.map((label) => `${label}=%q`).join(',');
      return `{${labels.length === 0 ? more.slice(1) : matchers + more}}`;
    })
    .replaceAll('"', String.raw`\"`)
    .replaceAll(/\s*\n\s*/g, ' ');
  const none = otherwise === '' ? '' : `{{ else }}${otherwise}`;
  return `{{ with printf "${format}"${args.map((a) => ` ${a}`).join('')} | query }}${show}${none}{{ end }}`;
}

export const number = '{{ . | first | value | printf "%.0f" }}';
/** A percentage as a person says it: 31 %, 7.2 %, 0.4 %. */
const spoken =
  '{{ $n := . | first | value }}{{ if ge $n 9.5 }}{{ printf "%.0f" $n }}{{ else if ge $n 0.05 }}{{ printf "%.1f" $n }}{{ else }}0{{ end }} %';
export const percent = (about: readonly Name[], query: string, otherwise = 'some'): string =>
  value(about, `100 * (${query})`, spoken, otherwise);

/** A number of seconds: below two minutes in seconds, then in minutes, hours or days. */
export const SPAN =
  '{{ $n := . | first | value }}{{ if lt $n 120.0 }}{{ printf "%.0f" $n }} s{{ else }}{{ $n | humanizeDuration | reReplaceAll " 0[smh]| [0-9]+s$" "" }}{{ end }}';

/** Replaces `{name}` by its fragment; an unknown name is a mistake in the table. Go's own `{{ }}` is left alone. */
export function fill(text: string, map: Readonly<Record<string, string>>): string {
  return text.replace(/(?<!\{)\{([a-zA-Z0-9]+)\}(?!\})/g, (_, name: string) => {
    const fragment = map[name];
    if (fragment === undefined) throw new Error(`no placeholder {${name}}`);
    return fragment;
  });
}
