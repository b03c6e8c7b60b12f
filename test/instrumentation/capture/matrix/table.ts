import { type Sent, stageOf } from '../../../../src/contract/index.ts';
import { FAULTS, type Fault, familyOf, urlOf } from './faults.ts';
import type { Line, Recorded, Run } from './run.ts';
import type { Ports } from './servers.ts';

export interface Row {
  readonly fault: string;
  readonly line: string;
  readonly calls: number;
  readonly layer: string;
  readonly stage: string;
  readonly reason: string;
  readonly sent: string;
  /** What is not as it should be; empty when all is well. */
  readonly wrong: readonly string[];
}

const SECRET = /Bearer|Authorization|password/i;

/** The system call a reset is met in is a race in the kernel, not a difference of ours. */
const RACES = new Set(['syscall', 'errno', 'code', 'frames', 'keys', 'events', 'type', 'socket']);
const withoutRaces = (saw: unknown): string =>
  JSON.stringify(saw, (key, value) => {
    if (RACES.has(key)) return undefined;
    // undici may see the end of the stream before the reset
    if (value === 'SocketError') return 'Error';
    // node says `aborted` where the end comes first; the go-away of a fault beside it may end an HTTP/2 session that both share
    const reset =
      /(?:read|write|connect) (?:ECONNRESET|EPIPE)|other side closed|^aborted$|(?:Session|Stream) closed with error code \w+/g;
    return typeof value === 'string' ? value.replaceAll(reset, 'reset') : value;
  });

function check(fault: Fault, line: Line, calls: readonly Recorded[], plain: Run, ours: Run): string[] {
  const family = familyOf(line.client);
  const expected = fault.but?.[line.client] ?? fault.but?.[family] ?? fault.expect;
  const last = calls.at(-1);
  const wrong: string[] = [];
  const same = (what: string, is: unknown, shall: unknown) => {
    if (is !== shall) wrong.push(`${what} is ${JSON.stringify(is)}, not ${JSON.stringify(shall)}`);
  };
  same('calls', calls.length, fault.calls?.[family] ?? 1);
  same('kind', last?.kind, expected.kind ?? 'failed');
  same('layer', last?.layer, expected.layer);
  same('reason', last?.reason, expected.reason);
  same('sent', last?.sent, expected.sent);
  same('code', last?.attributes['api.provider.code'], expected.code);
  same(
    'stage',
    last?.attributes['api.failure.stage'],
    expected.layer &&
      stageOf(expected.layer, expected.sent as Sent, last?.attributes['http.response.status_code'] !== undefined),
  );
  const detail = String(last?.attributes['api.failure.detail']);
  if (fault.detail && !fault.detail.test(detail)) wrong.push(`the detail is ${detail}`);
  for (const value of Object.values(last?.attributes ?? {}))
    if (SECRET.test(String(value))) wrong.push(`secret: ${value}`);
  const [before, after] = [plain.saw.get(fault.name), ours.saw.get(fault.name)];
  const text = fault.racy ? withoutRaces : JSON.stringify;
  if (text(before) !== text(after))
    wrong.push(`the application saw ${text(after)} and without us ${text(before)}`.slice(0, 2000));
  return wrong;
}

/** One row per fault of a line; faults that this Node or client cannot have are left out. */
export function rowsOf(line: Line, name: string, ports: Ports, plain: Run, ours: Run): Row[] {
  return FAULTS.filter((f) => ours.saw.has(f.name)).map((fault) => {
    const url = urlOf(fault.name, ports);
    const calls = ours.calls.filter((c) => c.scenario === fault.name || (c.scenario === '' && c.url === url));
    const last = calls.at(-1);
    return {
      fault: fault.name,
      line: name,
      calls: calls.length,
      layer: last?.layer ?? last?.kind ?? 'none',
      stage: String(last?.attributes['api.failure.stage'] ?? ''),
      reason: last?.reason ?? '',
      sent: last?.sent ?? '',
      wrong: check(fault, line, calls, plain, ours),
    };
  });
}

/** The table as text, one fault a line. */
export const print = (rows: readonly Row[]): string =>
  rows
    .map(
      (r) =>
        `${r.line.padEnd(22)} ${r.fault.padEnd(34)} ${r.layer.padEnd(10)} ${r.stage.padEnd(14)} ${r.reason.padEnd(32)} sent ${r.sent}`,
    )
    .join('\n');
