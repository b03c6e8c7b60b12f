import type { ClientRequest, IncomingMessage } from 'node:http';
import type { FailureRecord } from '../../src/evidence/record.ts';

export interface Live {
  readonly failure: FailureRecord;
  /** Times its kind was seen. */
  readonly total: number;
}

export interface Feed {
  /** Resolves when the collector ends the feed or goes away; rejects where it never began. */
  readonly ended: Promise<void>;
  close(): void;
}

/** Sends a request for a path of the collector's pages; `cli/client.ts` has one. */
export type Asks = (
  path: string,
  headers: Readonly<Record<string, string>>,
  answer: (res: IncomingMessage) => void,
) => ClientRequest;

/**
 * Follows a collector's live feed.
 *
 * @param asks how the collector is reached
 * @param token its token; undefined where it has none
 * @param onLive called with each failure
 */
export function follow(asks: Asks, token: string | undefined, onLive: (live: Live) => void): Feed {
  const headers = {
    accept: 'text/event-stream',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  let answered: (res: IncomingMessage) => void = () => {};
  const req = asks('/api/failures/live', headers, (res) => answered(res));
  const ended = new Promise<void>((resolve, reject) => {
    req.on('error', reject);
    answered = (res) => {
      if (res.statusCode !== 200) {
        res.resume();
        reject(Object.assign(new Error(`it answered ${res.statusCode}`), { status: res.statusCode }));
        return;
      }
      let rest = '';
      res.setEncoding('utf8').on('data', (text: string) => {
        const events = (rest + text).split('\n\n');
        rest = events.pop()!;
        for (const event of events) if (event.startsWith('data: ')) onLive(JSON.parse(event.slice(6)) as Live);
      });
      res.on('close', resolve);
    };
    req.end();
  });
  return { ended, close: () => void req.destroy() };
}
