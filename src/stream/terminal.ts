import type { Finding } from './types.ts';

/**
 * Protocols that say when they are over: what stands in the first events of each, and what in the last. Text of a model cannot hold these words, its
 * quotes are escaped.
 */
const PROTOCOLS: readonly (readonly [first: string, last: RegExp])[] = [
  // a server that sends no [DONE] is over with the reason
  ['"chat.completion.chunk"', /^data: ?\[DONE\]|"finish_reason": ?"/m],
  ['"text_completion"', /^data: ?\[DONE\]|"finish_reason": ?"/m],
  ['"type":"message_start"', /"type": ?"message_stop"|^event: ?message_stop/m],
  ['"type": "message_start"', /"type": ?"message_stop"|^event: ?message_stop/m],
  ['"type":"message-start"', /"type": ?"message-end"/],
  [
    '"type":"response.created"',
    /^event: ?response\.(?:completed|incomplete|failed|cancelled)|"type": ?"response\.(?:completed|incomplete|failed|cancelled)"/m,
  ],
  ['event: thread.run.created', /^data: ?\[DONE\]/m],
  ['"done":false', /"done": ?true/],
];

const UNFINISHED: Finding = { kind: 'unfinished' };

/** A whole answer that stopped before its protocol's last event. */
export function unfinished(start: string, tail: string): Finding | undefined {
  for (const [first, last] of PROTOCOLS) {
    if (!start.includes(first)) continue;
    return last.test(tail) ? undefined : UNFINISHED;
  }
  return undefined;
}
