import { firstOf } from '../lists.ts';
import { told } from './failure-event.ts';
import { type Finding, type StreamReader, UNFINISHED } from './types.ts';
import { KEPT, MOVES, Window } from './window.ts';

/**
 * Protocols that say when they are over: what stands in the first events of each, and what in the last. Text of a model cannot hold these words, its
 * quotes are escaped.
 */
const PROTOCOLS: readonly (readonly [first: RegExp, last: RegExp])[] = [
  // a server that sends no [DONE] is over with the reason
  [/"(?:chat\.completion\.chunk|text_completion)"/, /^data: ?\[DONE\]|"finish_reason": ?"/m],
  // Pinecone's assistant begins as Anthropic's messages do
  [/"type": ?"message_start"/, /"type": ?"message_(?:stop|end)"|^event: ?message_stop/m],
  [/"type":"message-start"/, /"type": ?"message-end"/],
  [/"type":"response\.created"/, /(?:^event: ?|"type": ?")response\.(?:completed|incomplete|failed|cancelled)\b/m],
  [/event: thread\.run\.created/, /^data: ?\[DONE\]/m],
  [/"done":false/, /"done": ?true/],
  // AG-UI
  [/"type": ?"RUN_STARTED"/, /"type": ?"RUN_(?:FINISHED|ERROR)"/],
  // RFC 2046 §5.1.1, GraphQL's subscriptions and deferred parts
  [/^\s{0,4}--\S{1,70}\r?\n/, /^--\S{1,70}--\s*$/m],
];

/** A whole answer that stopped before its protocol's last event, which as a rule is near. */
function isUnfinished(start: string, tail: string): boolean {
  const last = PROTOCOLS.find(([first]) => first.test(start))?.[1];
  return last !== undefined && !last.test(tail.slice(-NEAR)) && !last.test(tail);
}

/** `rror`: the first letter may be a capital. */
const NEEDLE = Buffer.of(114, 114, 111, 114);
/** Bytes behind the needle that tell whether it is worth reading the event. */
const AHEAD = 16;
const [LINE, RETURN, SPACE, QUOTE, COLON, BACKSLASH] = [10, 13, 32, 34, 58, 92];

const LONG_FAILURE = /^(?:event: ?|data: ?\{"type": ?")(error|response\.failed|thread\.run\.failed)\b/m;

/** Some of this stands in whatever tells of a failure; most good streams end without, and need not be parsed. */
const MAY_TELL = /error|"err"|fail|fatal|code|revoked|expired|base_resp|insufficient|^event: ?cancel/im;
const BETWEEN = /\r?\n\r?\n/;
/** Bytes in which the last events of most streams stand. */
const NEAR = 1024;
/** What looks like a failure is one in so many last events, and lines; before them it is the stream's own matter, unless it can be nothing else. */
const LAST_EVENTS = 4;
const LAST_LINES = 2;

/** No single document has a brace that follows another, or nothing, across a line's end. */
const SEVERAL = /(?:^|\})\s{0,8}\n\s{0,8}\{/;

/** Text of which every line, or every block of lines between empty ones, is an event. */
export class LineReader extends Window implements StreamReader {
  private readonly isEvents: boolean;
  private readonly isGuess: boolean;
  private found: Finding | undefined = undefined;

  /**
   * @param isEvents `text/event-stream` (WHATWG HTML §9.2), else one JSON document a line
   * @param isGuess it may as well be one document, which is not read
   */
  constructor(isEvents: boolean, isGuess = false) {
    super();
    this.isEvents = isEvents;
    this.isGuess = isGuess;
  }

  end(whole: boolean): Finding | undefined {
    const { start, tail } = this.finish();
    this.found ??= this.lastSaid(start, tail);
    if (this.isGuess && !this.found?.isJsonRpc && !(SEVERAL.test(start) || SEVERAL.test(tail))) return undefined;
    if (this.found !== undefined) return this.found;
    return whole && isUnfinished(start, this.head + tail) ? UNFINISHED : undefined;
  }

  /** The last events are read whatever they hold: where a stream ends with a code that is not 0, no word is the same for all. */
  private lastSaid(start: string, tail: string): Finding | undefined {
    const most = this.isEvents ? LAST_EVENTS : LAST_LINES;
    let last: string[] = [];
    // what the cut goes through is no event, but for the first of a short stream
    for (let bytes = NEAR; bytes <= 2 * KEPT && last.length <= most; bytes *= 2) {
      const text = Buffer.from(tail.slice(-bytes), 'latin1').toString('utf8');
      last = text.split(this.isEvents ? BETWEEN : '\n').filter((event) => event.trim() !== '');
    }
    last = last.slice(-most).reverse();
    return firstOf(last, (event) =>
      MAY_TELL.test(event) ? told(event, this.isEvents, start.split(BETWEEN, 1)[0])?.finding : undefined,
    );
  }

  protected override look(from: number, last: boolean): number {
    const { length } = this;
    const bytes = length === this.bytes.length ? this.bytes : this.bytes.subarray(0, length);
    if (this.found !== undefined) return length;
    for (let at = from; ; ) {
      const hit = bytes.indexOf(NEEDLE, at);
      // the needle itself may be cut
      if (hit < 0) return Math.max(from, length - NEEDLE.length + 1);
      if (hit + AHEAD > length && !last) return hit;
      at = hit + NEEDLE.length;
      if (!this.isPlausible(hit)) continue;
      const begin = this.eventBefore(hit);
      const end = this.eventAfter(at);
      // the window still holds all of it when it has moved on
      if (end < 0 && begin >= MOVES && !last) return hit;
      this.judge(begin, end, hit);
      if (this.found !== undefined) return length;
      if (end > 0) at = end;
    }
  }

  /** A key or a value of its own, or the name of an event. Inside a JSON string quotes are escaped. */
  private isPlausible(hit: number): boolean {
    const { bytes } = this;
    const before = bytes[hit - 2];
    if (before === QUOTE) return bytes[hit - 3] !== BACKSLASH && !this.isNull(hit + 4);
    // `isError`
    if (before === 115) return bytes[hit + 4] === QUOTE && bytes[hit - 4] === QUOTE;
    const next = bytes[hit + 4];
    return (before === SPACE || before === COLON) && (next === LINE || next === RETURN || next === undefined);
  }

  /** `"error":null` is what every good event of some APIs says. */
  private isNull(at: number): boolean {
    const { bytes } = this;
    if (bytes[at] !== QUOTE || bytes[at + 1] !== COLON) return false;
    return bytes[bytes[at + 2] === SPACE ? at + 3 : at + 2] === 110;
  }

  private judge(begin: number, end: number, hit: number): void {
    const to = end < 0 ? this.length : end;
    const text = begin >= 0 ? this.bytes.toString('utf8', begin, to) : this.restOf(hit, to);
    if (text === undefined) return;
    const verdict = told(text, this.isEvents);
    if (verdict?.isSure) this.found = verdict.finding;
  }

  /** Of an event too long to be kept: its beginning says whether it tells of a failure, and the place that speaks of an error of which. */
  private restOf(hit: number, to: number): string | undefined {
    const name = LONG_FAILURE.exec(this.head)?.[1];
    return name === undefined ? undefined : `event: ${name}\ndata: {${this.bytes.toString('utf8', hit - 2, to)}`;
  }

  protected override eventBefore(place: number): number {
    for (let at = place - 1; at >= 0; at--) if (this.isBorder(at)) return at + 1;
    return this.moved === 0 ? 0 : -1;
  }

  private eventAfter(place: number): number {
    for (let at = place; at < this.length; at++) if (this.isBorder(at)) return at + 1;
    return -1;
  }

  /** A line's end, and of events an empty line's. */
  private isBorder(at: number): boolean {
    const { bytes } = this;
    return bytes[at] === LINE && (!this.isEvents || bytes[bytes[at - 1] === RETURN ? at - 2 : at - 1] === LINE);
  }
}
