import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  /** [Unix seconds, value as text] */
  readonly values: readonly (readonly [number, string])[];
}

/** Points of one answer. */
const POINTS = 1000;

/** Turns an OpenMetrics file into one block of the database in `folder`. */
export function backfill(file: string, folder: string): void {
  // promtool reads the file once per block; one long block means once.
  const args = ['tsdb', 'create-blocks-from', '--max-block-duration=486h', '--quiet', 'openmetrics', file, folder];
  execFileSync('promtool', args, { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A real Prometheus over what is in `folder`, scraping nothing. */
export class PastPrometheus {
  readonly #child: ChildProcess;
  readonly #url: string;
  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.#url = url;
  }

  static async start(folder: string): Promise<PastPrometheus> {
    const port = await freePort();
    const config = join(folder, 'prometheus.yml');
    writeFileSync(config, 'scrape_configs: []\n');
    const child = spawn(
      'prometheus',
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${folder}`,
        '--storage.tsdb.retention.time=100y',
        `--web.listen-address=127.0.0.1:${port}`,
        '--query.max-samples=400000000',
        '--query.timeout=10m',
        '--log.level=error',
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const made = new PastPrometheus(child, `http://127.0.0.1:${port}`);
    for (let deadline = Date.now() + 60_000; ; ) {
      if (
        await fetch(`${made.#url}/-/ready`).then(
          (r) => r.ok,
          () => false,
        )
      )
        return made;
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error('Prometheus did not start over the backfilled data');
      await new Promise((r) => setTimeout(r, 50));
    }
  }

  /** A range query of any length, in pieces: Prometheus answers at most 11,000 points a time, and `fetch` waits five minutes. */
  async range(query: string, from: number, to: number, step: number): Promise<Series[]> {
    const merged = new Map<string, { metric: Record<string, string>; values: [number, string][] }>();
    for (let start = from; start < to; start += POINTS * step) {
      const end = Math.min(to - step, start + (POINTS - 1) * step);
      const body = new URLSearchParams({
        query,
        start: String(start),
        end: String(end),
        step: String(step),
        timeout: '10m',
      });
      const response = await fetch(`${this.#url}/api/v1/query_range`, { method: 'POST', body });
      const answer = (await response.json()) as { error?: string; data?: { result: Series[] } };
      if (answer.data === undefined) throw new Error(`${answer.error} in\n${query}`);
      for (const { metric, values } of answer.data.result) {
        const key = JSON.stringify(metric);
        const one = merged.get(key) ?? { metric: { ...metric }, values: [] };
        for (const v of values) one.values.push(v as [number, string]);
        merged.set(key, one);
      }
    }
    return [...merged.values()];
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
