import type { ClientRequest, IncomingMessage } from 'node:http';
import { builtin } from '../../base/builtin.ts';
import { watched } from '../own-frame.ts';
import { before, type Library, replace } from '../patch.ts';
import { currentTurn } from '../timers.ts';
import type { Tracker } from '../tracker.ts';
import type { HttpCall } from './call.ts';

/** Its own limit follow-redirects tells to its own request alone, from within `write`, and aborts node's. */
function bodyLimitOf(request: ClientRequest): unknown {
  if (!('_redirectable' in request) || !/\bRedirectableRequest\.write\b/.test(String(new Error().stack)))
    return undefined;
  const error = new Error('Request body larger than maxBodyLength limit');
  return Object.assign(error, { code: 'ERR_FR_MAX_BODY_LENGTH_EXCEEDED' });
}

/**
 * What no channel tells of a request of node:http. While it is destroyed, a library's timer is the executing resource. Its body passes
 * through `_send`, framed in chunks where its length is not known. What an answer is read through may fail: `pipeline` or the generator of a
 * `Readable.from` then destroys the request without a word. With `requestBodies` also every piece as the application writes it.
 */
export function watchRequests(tracker: Tracker, callOf: (request: ClientRequest) => HttpCall | undefined) {
  const { ClientRequest, IncomingMessage } = builtin('node:http');
  const { prototype } = ClientRequest;
  const watch = (name: string, see: (call: HttpCall, request: ClientRequest, args: unknown[]) => void): void => {
    const seen = tracker.guard(`http.${name}`, (request: ClientRequest, args: unknown[]) => {
      const call = callOf(request);
      if (call && !call.ended) see(call, request, args);
    });
    tracker.onStop(before(prototype, name, seen));
  };
  watch('destroy', (call, request) => {
    if (request.destroyed) return;
    call.left = true;
    call.deadlineMs ??= tracker.timers.deadlineOf(call);
    call.told ??= bodyLimitOf(request);
  });
  watch('_send', (call, _, [piece]) => call.pieces?.add(piece));
  const piped = tracker.guard('http.pipe', (response: IncomingMessage & { req?: ClientRequest }, [into]: unknown[]) => {
    const call = response.req && callOf(response.req);
    if (call) call.into = into;
  });
  tracker.onStop(before(IncomingMessage.prototype, 'pipe', piped));
  let answered: HttpCall | undefined;
  let turn = 0;
  const made = tracker.guard('http.from', (from: unknown) => {
    if (answered && turn === currentTurn() && !answered.ended) answered.into ??= from;
  });
  const returned = (from: unknown): unknown => {
    made(from);
    return from;
  };
  tracker.onStop(replace(builtin('node:stream').Readable, 'from', (original) => watched(original, { returned })));
  // `write(chunk, callback)` has no encoding
  for (const name of tracker.requestBodies ? ['write', 'end'] : [])
    watch(name, (call, _, [chunk, encoding]) =>
      call.addSent(chunk, typeof encoding === 'string' ? encoding : undefined),
    );
  const toldCaller = tracker.guard('superagent', ({ req }: { req?: ClientRequest }, [error]: unknown[]) => {
    const call = req && callOf(req);
    if (call && error) call.told = error;
  });
  const library: Library = {
    request: /^superagent$|[\\/]superagent[\\/]lib[\\/]node[\\/]index\.js$/,
    holder: ({ Request }) => (typeof Request?.prototype?.callback === 'function' ? Request.prototype : undefined),
    patch: (prototype) => tracker.onStop(before(prototype, 'callback', toldCaller)),
  };
  return {
    library,
    /** The owner of a request is given its answer, in this very turn. */
    answering(call: HttpCall): void {
      answered = call;
      turn = currentTurn();
    },
  };
}
