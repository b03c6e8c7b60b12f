import type { Rows } from './draw.ts';
import type { Choice } from './interpolate.ts';
import { interpolate } from './interpolate.ts';
import type { Window } from './prometheus.ts';

interface Span {
  readonly spanID: string;
  readonly startTimeUnixNano: string;
  readonly durationNanos: string;
  readonly attributes?: readonly { key: string; value: Record<string, string | number | boolean> }[];
}
interface Trace {
  readonly traceID: string;
  readonly rootServiceName: string;
  readonly spanSets?: readonly { spans: readonly Span[] }[];
}

/** A TraceQL search as Grafana sends it, and its spans as Grafana's table of spans shows them. */
export async function searchTempo(url: string, traceql: string, choice: Choice, window: Window): Promise<Rows> {
  const parameters = {
    q: interpolate(traceql, choice, window),
    limit: '50',
    spss: '5',
    start: String(Math.floor(window.startMs / 1000)),
    end: String(Math.ceil(window.endMs / 1000)),
  };
  const answer = await fetch(`${url}/api/search?${new URLSearchParams(parameters)}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status} ${text}\n${parameters.q}`);
  const { traces = [] } = JSON.parse(text) as { traces?: Trace[] };
  return traces
    .flatMap((t) => (t.spanSets ?? []).flatMap((set) => set.spans.map((s) => row(t, s))))
    .sort((a, b) => Number(b['Start time']) - Number(a['Start time']));
}

const row = (t: Trace, s: Span): Rows[number] => ({
  'Trace ID': t.traceID,
  'Start time': Number(s.startTimeUnixNano) / 1e6,
  Service: t.rootServiceName,
  ...Object.fromEntries(
    (s.attributes ?? [])
      .map(({ key, value }) => [key, String(Object.values(value)[0])] as const)
      .map(([key, text]) => [key, text === 'nil' ? '' : text] as const)
      .sort(([a], [b]) => a.localeCompare(b)),
  ),
  Duration: Number(s.durationNanos) / 1e6,
});
