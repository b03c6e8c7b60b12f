import type { Finding, StreamReader } from './types.ts';
import { Window } from './window.ts';

/** What ClickHouse writes behind the rows when a query fails after its answer began; newer versions frame it. */
const EXCEPTION =
  /(?:^|\n)(?:__exception__\r?\n[^\r\n]{1,64}\r?\n)?(Code: \d{1,6}\. DB::(?:\w+::)?Exception: [^\n]*\(version [^\n]*\))\s*(?:\d+ [^\r\n]{1,64}\r?\n__exception__\s*)?$/;
/** Formats of JSON have a field for it. */
const IN_JSON = /"exception": ?"(Code: \d{1,6}\. DB::[^"]*)"\s*\}?\s*$/;

/** Rows of a query over HTTP. Only the end can tell. */
export class ClickHouseReader extends Window implements StreamReader {
  end(): Finding | undefined {
    const { tail } = this.finish();
    const text = (EXCEPTION.exec(tail) ?? IN_JSON.exec(tail))?.[1];
    return text === undefined ? undefined : { kind: 'error', text, contentType: 'text/plain', provider: 'clickhouse' };
  }

  protected look(): number {
    return this.length;
  }

  protected eventBefore(): number {
    return -1;
  }
}
