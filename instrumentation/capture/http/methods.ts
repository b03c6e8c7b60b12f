import type { ClientRequest, IncomingMessage } from 'node:http';
import { builtin } from '../../base/builtin.ts';
import { before } from '../patch.ts';
import type { Tracker } from '../tracker.ts';
import type { HttpCall } from './call.ts';

/**
 * What no channel tells of a request of node:http. While it is destroyed, a library's timer is the executing resource. Its body passes
 * through `_send`, framed in chunks where its length is not known. What an answer is piped into may fail, and `pipeline` then destroys the request
 * without a word. With `requestBodies` also every piece as the application writes it.
 */
export function watchRequests(tracker: Tracker, callOf: (request: ClientRequest) => HttpCall | undefined): void {
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
  });
  watch('_send', (call, _, [piece]) => call.pieces?.add(piece));
  const piped = tracker.guard('http.pipe', (response: IncomingMessage & { req?: ClientRequest }, [into]: unknown[]) => {
    const call = response.req && callOf(response.req);
    if (call) call.into = into;
  });
  tracker.onStop(before(IncomingMessage.prototype, 'pipe', piped));
  if (!tracker.requestBodies) return;
  // `write(chunk, callback)` has no encoding
  for (const name of ['write', 'end'])
    watch(name, (call, _, [chunk, encoding]) =>
      call.addSent(chunk, typeof encoding === 'string' ? encoding : undefined),
    );
}
