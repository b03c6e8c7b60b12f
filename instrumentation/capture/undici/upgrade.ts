import { now } from '../../base/now.ts';
import type { Tracker } from '../tracker.ts';
import { noteHandshake } from '../websocket.ts';
import type { UndiciCall, UndiciRequest, UndiciResponse } from './call.ts';

/** The method's name by undici's version: 6 and 7, 8. */
const METHODS = ['onUpgrade', 'onRequestUpgrade'] as const;
type OnUpgrade = (statusCode: number, headers: UndiciResponse['headers'], ...more: unknown[]) => unknown;
type Upgrading = UndiciRequest & { readonly upgrade?: unknown } & { [K in (typeof METHODS)[number]]?: OnUpgrade };

/**
 * A granted upgrade (`WebSocket`, `undici.upgrade`) ends the exchange. Node's undici tells of it on no channel up to 7.29; without this such
 * calls would stay open for ever. The request is undici's own object, which applications never see.
 */
export function watchUpgrade(tracker: Tracker, request: Upgrading, call: UndiciCall): void {
  if (!request.upgrade) return;
  for (const name of METHODS) {
    const original = request[name];
    if (!original) continue;
    const granted = tracker.guard('undici upgrade', (statusCode: number, headers: UndiciResponse['headers']) => {
      if (call.ended) return;
      call.headersMs = now();
      call.status = statusCode;
      call.response = { statusCode, headers };
      noteHandshake(call);
      tracker.end(call);
    });
    request[name] = function (this: unknown, statusCode, headers, ...more) {
      granted(statusCode, headers);
      return original.call(this, statusCode, headers, ...more);
    };
  }
}
