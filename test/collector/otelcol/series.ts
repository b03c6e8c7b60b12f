/** Series of a text exposition: `name{sorted labels}` → value. Empty labels are dropped: to Prometheus they are absent. */
export function seriesOf(exposition: string): Map<string, number> {
  const series = new Map<string, number>();
  for (const line of exposition.split('\n')) {
    const match = /^(api_client_\w+)(?:\{(.*?)\})? (\S+)(?: #.*)?$/.exec(line);
    if (match === null) continue;
    const labels = [...(match[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]
      .filter(([, , value]) => value !== '')
      // The same boundary is `1` here and `1.0` there; both are the number.
      .map(([, name, value]) => `${name}="${name === 'le' && value !== '+Inf' ? Number(value) : value}"`)
      .sort();
    series.set(`${match[1]}{${labels.join(',')}}`, Number(match[3]));
  }
  return series;
}
