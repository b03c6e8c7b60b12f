import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ClientName, scenariosFor } from './faults.ts';
import type { Servers } from './servers.ts';

export interface Recorded {
  readonly scenario: string;
  readonly client: string;
  readonly url: string;
  readonly kind: string;
  readonly layer?: string;
  readonly reason?: string;
  readonly sent: string;
  readonly attributes: Record<string, string | number | boolean>;
}
export interface Run {
  /** What the application saw, by scenario. */
  readonly saw: Map<string, unknown>;
  readonly calls: readonly Recorded[];
  readonly faults: readonly string[];
  readonly open: number;
}
export interface Line {
  /** The node binary. */
  readonly node: string;
  readonly client: ClientName;
  /** Path of the undici package; only for that client. */
  readonly undici?: string;
}

const here = import.meta.dirname;
const exec = promisify(execFile);

/** One child runs all scenarios of one client, with the capture preloaded or without. */
export async function runChild(line: Line, servers: Servers, preloaded: boolean): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'faultlayer-matrix-'));
  try {
    const input = join(folder, 'in.json');
    const output = join(folder, 'out.json');
    const authority = join(folder, 'ca.pem');
    writeFileSync(authority, servers.ca);
    writeFileSync(
      input,
      JSON.stringify({
        ...line,
        witness: servers.ports['witness'],
        scenarios: scenariosFor(line.client, servers.ports),
      }),
    );
    const { stdout } = await exec(
      line.node,
      [...(preloaded ? ['--import', join(here, 'recorder.mjs')] : []), join(here, 'child.mjs'), input],
      {
        env: {
          PATH: process.env['PATH'],
          NODE_EXTRA_CA_CERTS: authority,
          NODE_NO_WARNINGS: '1',
          CAPTURE_DIST: join(here, '../../../../dist'),
          CAPTURE_OUT: output,
        },
        maxBuffer: 64 << 20,
        timeout: 120_000,
      },
    );
    const saw = new Map<string, unknown>();
    for (const text of stdout.split('\n').filter(Boolean)) {
      const { name, saw: value } = JSON.parse(text) as { name: string; saw: unknown };
      saw.set(name, value);
    }
    const recorded = preloaded ? JSON.parse(readFileSync(output, 'utf8')) : { calls: [], faults: [], open: 0 };
    return { saw, ...recorded } as Run;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
