import { checklistOf, retryText, TURN } from '../src/evidence/checklist.ts';
import { inert } from '../src/evidence/inert.ts';
import { type FailureRecord, groupKey, headlineOf, statusBeside } from '../src/evidence/record.ts';
import { requestOf } from '../src/evidence/request.ts';
import { commandOf } from './fill.ts';
import { paint, plural } from './paint.ts';

/** A kind that goes on is told again at most this often, with its count. */
const REPEAT_EVERY_MS = 2000;

interface Kind {
  readonly newest: FailureRecord;
  readonly count: number;
  /** Failures of it since its last line. */
  readonly untold: number;
  readonly toldMs: number;
}

/** Writes failures as they come: one line each, three more at the first of a kind, repeats counted. `linkOf` says where the page of a failure is. */
export function livePrinter(stream: NodeJS.WriteStream, linkOf: (id: string) => string) {
  const kinds = new Map<string, Kind>();
  let timer: NodeJS.Timeout | undefined;
  const painted = (format: Parameters<typeof paint>[0], text: string): string => paint(format, text, stream);
  const headOf = (r: FailureRecord): string => {
    const headline = headlineOf(r);
    return [
      painted('red', r.layer),
      painted('bold', inert(r.provider)),
      statusBeside(headline, r.status),
      inert(headline, 60),
      painted('gray', `${r.method} ${inert(r.template ?? r.host, 60)}`),
    ]
      .filter((part) => part !== undefined)
      .join(' ');
  };
  /** In a terminal the ID, which opens the page when clicked (OSC 8); elsewhere the address, without the token in its fragment. */
  const linked = (id: string, link: string): string =>
    stream.isTTY ? `\u001b]8;;${link}\u001b\\${painted('gray', id)}\u001b]8;;\u001b\\` : link.replace(/#.*$/, '');
  const lineOf = (r: FailureRecord, count: number): string => {
    const retry = retryText(r);
    const parts = [
      `${painted('red', '✗')} ${headOf(r)}`,
      r.requestId === undefined ? painted('gray', 'no request ID') : inert(r.requestId, 64),
      r.attempt > 1 ? `attempt ${r.attempt}` : undefined,
      count > 1 ? painted('yellow', `×${count}`) : undefined,
      retry === undefined ? undefined : `repeat: ${retry}`,
      linked(r.id, linkOf(r.id)),
    ];
    return parts.filter((part) => part !== undefined).join('  ');
  };
  /** What it is, whose turn it is with the first check, a curl. */
  const firstSight = (r: FailureRecord): string[] => {
    const here = checklistOf(r).find((check) => check.verdict === 'here');
    const template = requestOf(r);
    const curl = template === undefined ? undefined : commandOf(template).replace(/\s*\\\n\s*/g, ' ');
    return [
      r.message === undefined ? here?.seen : inert(r.message, 200),
      `Turn of: ${TURN[r.owner]}. ${here?.next ?? ''}`,
      curl,
    ].flatMap((text) => (text === undefined ? [] : [`    ${painted('gray', inert(text, 2000))}`]));
  };
  const tell = (key: string, failure: FailureRecord, count: number, first: boolean): void => {
    kinds.set(key, { newest: failure, count, untold: 0, toldMs: Date.now() });
    const lines = [lineOf(failure, count), ...(first ? firstSight(failure) : [])];
    stream.write(`${lines.join('\n')}\n`);
  };
  /** What was counted and not yet told. */
  const tellRepeats = (): void => {
    clearTimeout(timer);
    timer = undefined;
    for (const [key, kind] of kinds) if (kind.untold > 0) tell(key, kind.newest, kind.count, false);
  };
  return {
    tellRepeats,
    /** Failures seen so far at one of `layers`. */
    countAt: (layers: ReadonlySet<string>): number =>
      [...kinds.values()].reduce((sum, k) => sum + (layers.has(k.newest.layer) ? k.count : 0), 0),
    add(failure: FailureRecord): void {
      const key = groupKey(failure);
      const kind = kinds.get(key);
      const count = (kind?.count ?? 0) + 1;
      if (kind !== undefined && Date.now() - kind.toldMs < REPEAT_EVERY_MS) {
        kinds.set(key, { ...kind, newest: failure, count, untold: kind.untold + 1 });
        timer ??= setTimeout(tellRepeats, REPEAT_EVERY_MS).unref();
        return;
      }
      tell(key, failure, count, kind === undefined);
    },
    /** One row per kind, the most frequent first. */
    summary(): string {
      if (kinds.size === 0) return 'faultlayer: no outbound call failed\n';
      const all = [...kinds.values()].sort((a, b) => b.count - a.count);
      const total = all.reduce((sum, k) => sum + k.count, 0);
      const rows = all.map((k) => `${`${k.count}×`.padStart(6)} ${headOf(k.newest)}`);
      return [`faultlayer: ${plural(total, 'failed call')} of ${plural(all.length, 'kind')}`, ...rows, ''].join('\n');
    },
  };
}
