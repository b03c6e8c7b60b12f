import { before } from '../patch.ts';
import type { Tracker } from '../tracker.ts';
import { noteHandshake } from '../websocket.ts';
import type { UndiciCall, UndiciRequest, UndiciResponse } from './call.ts';

/** The method's name by undici's version: 6 and 7, 8. */
const METHODS = ['onUpgrade', 'onRequestUpgrade'];

/**
 * A granted upgrade (`WebSocket`, `undici.upgrade`) ends the exchange. Node's undici tells of it on no channel up to 7.29; without this such
 * calls would stay open for ever. The request is undici's own object, which applications never see.
 */
export function watchUpgrade(tracker: Tracker, request: UndiciRequest & { upgrade?: unknown }, call: UndiciCall): void {
  if (!request.upgrade) return;
  const granted = tracker.guard('undici upgrade', (_: unknown, [statusCode, headers]: unknown[]) => {
    if (call.ended) return;
    call.onResponse({ statusCode, headers } as UndiciResponse);
    noteHandshake(call);
    tracker.end(call);
  });
  for (const name of METHODS) before(request, name, granted);
}
