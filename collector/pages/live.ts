import type { Route } from '../base/context.ts';
import { storeOf } from '../evidence/index.ts';
import { sendText } from './send.ts';

/** Readers of the live feed at a time; each holds a connection. */
const READERS = 64;
/** A reader this many bytes behind is cut off: it would hold the feed in our memory. */
const BEHIND_MAX = 1024 * 1024;
const BEAT_MS = 1000;
/** Beats between two comments that keep proxies from closing a quiet feed. */
const COMMENT_EVERY = 15;

/** Server-sent events: each failure as it is kept, with the times its kind was seen. */
export const liveHandle: Route['handle'] = (_req, res, ctx) => {
  if (ctx.live.readers >= READERS) return sendText(res, 503, `the live feed has ${READERS} readers already`);
  ctx.live.readers++;
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  res.write(': live\n\n');
  const stop = storeOf(ctx).watch((failure, total) => {
    if (res.writableLength > BEHIND_MAX) res.destroy();
    else res.write(`data: ${JSON.stringify({ failure, total })}\n\n`);
  });
  let beats = 0;
  const beat = setInterval(() => {
    if (ctx.notReady() === 'closing') res.end();
    else if (++beats % COMMENT_EVERY === 0) res.write(': still live\n\n');
  }, BEAT_MS);
  beat.unref();
  res.on('close', () => {
    ctx.live.readers--;
    clearInterval(beat);
    stop();
  });
};
