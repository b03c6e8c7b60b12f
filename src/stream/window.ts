import { Memory } from '../memo.ts';
import { told } from './failure-event.ts';
import { errorOf, type Finding, type StreamReader } from './types.ts';

const SIZE = 16_384;
/** What stays of a full window: the longest event that is read whole. */
export const KEPT = 4096;
/** How far a full window moves on. */
export const MOVES = SIZE - KEPT;
/** What is remembered of the stream's start, and of an event that began before the window. */
const HEAD = 1024;
/** Buffers that wait for the next stream: to allocate one costs as much as all the copying into it. */
const SPARE = 8;
const spare = Memory.part((): Buffer[] => []);

/**
 * The newest bytes of a stream, 4 to 16 KiB of them. Chunks are copied in as they come and looked at together, once a window is full: a copy costs a
 * tenth of a look, and no event is cut by a chunk's border.
 */
export class Window {
  protected readonly bytes: Buffer = spare().pop() ?? Buffer.allocUnsafeSlow(SIZE);
  protected length = 0;
  /** What was looked at already. */
  private seen = 0;
  /** How many bytes the window has moved on. */
  protected moved = 0;
  private start: string | undefined = undefined;
  /** The beginning of the event of which the window holds only the rest. */
  protected head = '';

  add(chunk: Uint8Array): void {
    const end = this.length + chunk.length;
    if (end < SIZE) {
      this.bytes.set(chunk, this.length);
      this.length = end;
      return;
    }
    this.fill(chunk);
  }

  private fill(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + SIZE - this.length);
      this.bytes.set(part, this.length);
      this.length += part.length;
      at += part.length;
      if (this.length === SIZE) this.turn();
    }
  }

  private turn(): void {
    this.start ??= this.bytes.toString('latin1', 0, HEAD);
    this.seen = this.look(this.seen, false);
    const begin = this.eventBefore(SIZE);
    if (begin >= MOVES) this.head = '';
    else if (begin >= 0) this.head = this.bytes.toString('latin1', begin, Math.min(begin + HEAD, MOVES));
    this.bytes.copyWithin(0, MOVES, SIZE);
    this.length = KEPT;
    this.seen = Math.max(0, this.seen - MOVES);
    this.moved += MOVES;
  }

  /** Looks at the rest and gives the memory back. */
  finish(): { readonly start: string; readonly tail: string } {
    this.look(this.seen, true);
    const tail = this.bytes.toString('latin1', 0, this.length);
    const start = this.start ?? tail.slice(0, HEAD);
    const kept = spare();
    if (kept.length < SPARE) kept.push(this.bytes);
    this.length = 0;
    return { start, tail };
  }

  /** Looks at the bytes from there on; returns from where to look again. */
  protected look(_from: number, _last: boolean): number {
    return this.length;
  }
  /** Where the event begins that goes on at this place; -1 if before the window. */
  protected eventBefore(_place: number): number {
    return -1;
  }
}

type Tell = (tail: string) => Finding | undefined;

/** What ClickHouse writes behind the rows when a query fails after its answer began; newer versions frame it. */
const EXCEPTION =
  /(?:^|\n)(?:__exception__\r?\n[^\r\n]{1,64}\r?\n)?(Code: \d{1,6}\. DB::(?:\w+::)?Exception: [^\n]*\(version [^\n]*\))\s*(?:\d+ [^\r\n]{1,64}\r?\n__exception__\s*)?$/;
/** Formats of JSON have a field for it. */
const IN_JSON = /"exception": ?"(Code: \d{1,6}\. DB::[^"]*)"\s*\}?\s*$/;
export const clickhouse: Tell = (tail) => {
  const text = (EXCEPTION.exec(tail) ?? IN_JSON.exec(tail))?.[1];
  return text === undefined ? undefined : { kind: 'error', text, contentType: 'text/plain', provider: 'clickhouse' };
};

/** InfluxDB's last table (annotated CSV, "Errors"). */
const ERROR_TABLE = /(?:^|\n),?error,reference\r?\n,?([^\r\n]{1,1024}?),(\d{0,9})\s*$/;
export const influx: Tell = (tail) => {
  const [, message, code] = ERROR_TABLE.exec(tail) ?? [];
  return message === undefined ? undefined : errorOf(JSON.stringify({ error: { message, code } }));
};

/** What stands in that place, as JSON behind these characters; a service's failure unless said otherwise. */
const inPlace =
  (place: RegExp, key: '{"errors":' | '{"error":', more: Partial<Finding> = { layer: 'service' }): Tell =>
  (tail) => {
    const value = place.exec(tail)?.[1];
    return value === undefined ? undefined : errorOf(`${key}${value}}`, more);
  };

/** The AI SDK's data streams before its version 5: of each line the first character says what it is. */
export const aiSdk = inPlace(/(?:^|\n)3:("(?:[^"\\]|\\.){0,1024}")/, '{"error":', {});

/** Solr's streaming expressions: the last tuple, where nothing that is quoted can stand. */
const TUPLE = /\{"EXCEPTION":("(?:[^"\\]|\\.){0,1024}")[^{}]{0,256}\}\s{0,8}\]\s{0,8}\}\s{0,8}\}\s*$/;
export const solr = inPlace(TUPLE, '{"error":');

/** Couchbase's queries: behind the rows stand the errors, then how it ended. */
const ENDED =
  /"errors": ?(\[\{[^\]]{1,2048}\])[^[\]]{0,512}"status": ?"(?:errors|fatal|timeout|stopped)"[^[\]]{0,1024}$/;
export const couchbase = inPlace(ENDED, '{"errors":');

/** An array of Google's. An element that is an error is the last; before an element, and nowhere else, a line begins with the comma. */
const LAST_ELEMENT = /(?:^\[|\n,)\s{0,8}(\{\s{0,8}"error": ?\{[\s\S]*\})\s{0,8}\]?\s*$/;
export const element: Tell = (tail) => told(LAST_ELEMENT.exec(tail)?.[1] ?? '', false)?.finding;

/** A long answer of which only the end can tell. */
export function tailReader(tell: Tell): StreamReader {
  const window = new Window();
  return {
    add: (bytes) => window.add(bytes),
    end: () => tell(Buffer.from(window.finish().tail, 'latin1').toString('utf8')),
  };
}
