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

/** Writes failures as they come: one line each, three more at the first of a kind, repeats counted. */
export class LivePrinter {
  private readonly kinds = new Map<string, Kind>();
  private readonly stream: NodeJS.WriteStream;
  private readonly linkOf: (id: string) => string;
  private timer: NodeJS.Timeout | undefined;

  /** `linkOf` says where the page of a failure is. */
  constructor(stream: NodeJS.WriteStream, linkOf: (id: string) => string) {
    this.stream = stream;
    this.linkOf = linkOf;
  }

  /** Failures seen so far at one of `layers`. */
  countAt(layers: ReadonlySet<string>): number {
    return [...this.kinds.values()].reduce((sum, k) => sum + (layers.has(k.newest.layer) ? k.count : 0), 0);
  }

  add(failure: FailureRecord): void {
    const key = groupKey(failure);
    const kind = this.kinds.get(key);
    const count = (kind?.count ?? 0) + 1;
    if (kind !== undefined && Date.now() - kind.toldMs < REPEAT_EVERY_MS) {
      this.kinds.set(key, { ...kind, newest: failure, count, untold: kind.untold + 1 });
      this.timer ??= setTimeout(() => this.tellRepeats(), REPEAT_EVERY_MS).unref();
      return;
    }
    this.tell(key, failure, count, kind === undefined);
  }

  /** What was counted and not yet told. */
  tellRepeats(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const [key, kind] of this.kinds) if (kind.untold > 0) this.tell(key, kind.newest, kind.count, false);
  }

  /** One row per kind, the most frequent first. */
  summary(): string {
    if (this.kinds.size === 0) return 'faultlayer: no outbound call failed\n';
    const kinds = [...this.kinds.values()].sort((a, b) => b.count - a.count);
    const total = kinds.reduce((sum, k) => sum + k.count, 0);
    const rows = kinds.map((k) => `${`${k.count}×`.padStart(6)} ${this.headOf(k.newest)}`);
    return [`faultlayer: ${plural(total, 'failed call')} of ${plural(kinds.length, 'kind')}`, ...rows, ''].join('\n');
  }

  private tell(key: string, failure: FailureRecord, count: number, first: boolean): void {
    this.kinds.set(key, { newest: failure, count, untold: 0, toldMs: Date.now() });
    const lines = [this.lineOf(failure, count), ...(first ? this.firstSight(failure) : [])];
    this.stream.write(`${lines.join('\n')}\n`);
  }

  private headOf(r: FailureRecord): string {
    const headline = headlineOf(r);
    return [
      this.paint('red', r.layer),
      this.paint('bold', inert(r.provider)),
      statusBeside(headline, r.status),
      inert(headline, 60),
      this.paint('gray', `${r.method} ${inert(r.template ?? r.host, 60)}`),
    ]
      .filter((part) => part !== undefined)
      .join(' ');
  }

  private lineOf(r: FailureRecord, count: number): string {
    const retry = retryText(r);
    const parts = [
      `${this.paint('red', '✗')} ${this.headOf(r)}`,
      r.requestId === undefined ? this.paint('gray', 'no request ID') : inert(r.requestId, 64),
      r.attempt > 1 ? `attempt ${r.attempt}` : undefined,
      count > 1 ? this.paint('yellow', `×${count}`) : undefined,
      retry === undefined ? undefined : `repeat: ${retry}`,
      this.linked(r.id, this.linkOf(r.id)),
    ];
    return parts.filter((part) => part !== undefined).join('  ');
  }

  /** What it is, whose turn it is with the first check, a curl. */
  private firstSight(r: FailureRecord): string[] {
    const here = checklistOf(r).find((check) => check.verdict === 'here');
    const template = requestOf(r);
    const curl = template === undefined ? undefined : commandOf(template).replace(/\s*\\\n\s*/g, ' ');
    return [
      r.message === undefined ? here?.seen : inert(r.message, 200),
      `Turn of: ${TURN[r.owner]}. ${here?.next ?? ''}`,
      curl,
    ].flatMap((text) => (text === undefined ? [] : [`    ${this.paint('gray', inert(text, 2000))}`]));
  }

  /** In a terminal the ID, which opens the page when clicked (OSC 8); elsewhere the address, without the token in its fragment. */
  private linked(id: string, link: string): string {
    if (!this.stream.isTTY) return link.replace(/#.*$/, '');
    return `\u001b]8;;${link}\u001b\\${this.paint('gray', id)}\u001b]8;;\u001b\\`;
  }

  private paint(format: Parameters<typeof paint>[0], text: string): string {
    return paint(format, text, this.stream);
  }
}
