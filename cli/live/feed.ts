import { request } from 'node:http';
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

/**
 * Follows a collector's live feed.
 *
 * @param base where its pages are, such as `http://127.0.0.1:9468`
 * @param token its token; undefined where it has none
 * @param onLive called with each failure
 */
export function follow(base: string, token: string | undefined, onLive: (live: Live) => void): Feed {
  const headers = {
    accept: 'text/event-stream',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const req = request(`${base}/api/failures/live`, { headers });
  const ended = new Promise<void>((resolve, reject) => {
    req.on('error', reject);
    req.on('response', (res) => {
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
    });
    req.end();
  });
  return { ended, close: () => void req.destroy() };
}
