import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answers, type Child, startChild } from '../../support/child.ts';
import { freePort } from '../../support/free-port.ts';

/** A real Prometheus over the database in `folder`/data, with an optional scrape configuration. */
export async function startPrometheus(folder: string, config = ''): Promise<Child & { readonly url: string }> {
  const port = await freePort();
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, config);
  const url = `http://127.0.0.1:${port}`;
  const child = await startChild(
    'prometheus',
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=exemplar-storage',
    ],
    () => answers(`${url}/-/ready`),
  );
  return { ...child, url };
}

/** One series as the query API answers it, ranges and instants alike. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [seconds: number, value: string])[];
}

export interface Window {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepSeconds: number;
}

/** Runs one query; throws Prometheus' own words when it refuses. */
export async function query(url: string, expr: string, window: Window, instant: boolean): Promise<Sample[]> {
  const parameters: Record<string, string> = instant
    ? { query: expr, time: String(window.endMs / 1000) }
    : {
        query: expr,
        start: String(window.startMs / 1000),
        end: String(window.endMs / 1000),
        step: String(window.stepSeconds),
      };
  const answer = await fetch(`${url}/api/v1/${instant ? 'query' : 'query_range'}`, {
    method: 'POST',
    body: new URLSearchParams(parameters),
  });
  const { status, data, error } = (await answer.json()) as {
    status: string;
    error?: string;
    data: {
      resultType: string;
      result: { metric: Record<string, string>; value?: [number, string]; values?: [number, string][] }[];
    };
  };
  if (status !== 'success') throw new Error(`${error}\n${expr}`);
  if (data.resultType === 'scalar') throw new Error(`a scalar, not a vector: ${expr}`);
  return data.result.map((r) => ({ metric: r.metric, values: r.values ?? [r.value!] }));
}
