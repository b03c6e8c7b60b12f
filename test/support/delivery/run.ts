import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Cell } from './cells.ts';
import type { Collectors } from './collectors.ts';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}
export interface Tried {
  /** With the preload, and without. */
  readonly ended: Ended;
  readonly arrived: boolean;
  /** Milliseconds in the preload's exit listener; undefined where no listener ran. */
  readonly exitMs: number | undefined;
  readonly lost: number;
}
/** Longest that what is with the kernel takes to be seen. */
const SETTLE_MS = 1500;

const program = (
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Ended & { report: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd,
      env: { PATH: process.env['PATH'], HOME: cwd, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    const texts = ['', '', '', ''];
    for (const at of [1, 2, 3])
      child.stdio[at]!.on('data', (bytes) => {
        texts[at] += bytes;
      });
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({ code, signal, stdout: texts[1]!, stderr: texts[2]!, report: texts[3]! }),
    );
  });

const argsOf = ({ spans }: Cell, preload: boolean): string[] => [
  ...(preload ? ['--require', 'faultlayer/register'] : []),
  ...(spans === 'adopted' ? ['--require', './apps/otel.cjs'] : []),
  'apps/end.mjs',
];

/** Process IDs and addresses differ from run to run. */
const plain = (text: string): string =>
  text.replace(/\(node:\d+\)/g, '').replace(/-{5} Native stack trace -{5}.*/s, '');
const known = new Map<string, Promise<Ended>>();

/** The same application without the preload: once per end that it can have. */
export function bare(cell: Cell, cwd: string, { faults }: Collectors): Promise<Ended> {
  const { client, fault, end, spans } = cell;
  const key = [client, fault, end, spans].join();
  const before = known.get(key);
  if (before) return before;
  const env = { CLIENT: client, END: end, TARGET: `${faults[fault]}/x`, OTEL_BSP_SCHEDULE_DELAY: '60000' };
  const ran = program(argsOf(cell, false), cwd, env).then(({ report: _, ...ended }) => ({
    ...ended,
    stderr: plain(ended.stderr),
  }));
  known.set(key, ran);
  return ran;
}

/** One process of a cell, from its start to what has arrived of it. */
export async function attempt(cell: Cell, cwd: string, collectors: Collectors): Promise<Tried> {
  const mark = `d-${randomUUID()}`;
  const { report, ...ended } = await program(argsOf(cell, true), cwd, {
    CLIENT: cell.client,
    END: cell.end,
    TARGET: `${collectors.faults[cell.fault]}/x`,
    OTEL_SERVICE_NAME: mark,
    REPORT: '1',
    FAULTLAYER_SPANS: cell.spans,
    // nothing arrives because a timer fired
    OTEL_BSP_SCHEDULE_DELAY: '60000',
    ...collectors.env[cell.collector],
  });
  for (let waited = 0; waited < SETTLE_MS && !collectors.has(mark); waited += 20) {
    if (cell.collector === 'silent' || cell.collector === 'refusing') break;
    await wait(20);
  }
  const { ms, lost } = report === '' ? { ms: undefined, lost: 0 } : JSON.parse(report);
  const said = ended.stderr.replace(/^faultlayer: spans cannot be sent .*\n/m, '');
  return { ended: { ...ended, stderr: plain(said) }, arrived: collectors.has(mark), exitMs: ms, lost };
}
