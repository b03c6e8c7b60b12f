import type { TrackedCall } from './call.ts';

/** Open calls, newest last, as a list through the calls themselves: O(1) both ways and no second object per call. */
export class OpenCalls {
  private first: TrackedCall | undefined;
  private last: TrackedCall | undefined;
  size = 0;

  add(call: TrackedCall): void {
    call.previous = this.last;
    if (this.last) this.last.next = call;
    else this.first = call;
    this.last = call;
    this.size++;
  }

  remove(call: TrackedCall): void {
    if (call.previous) call.previous.next = call.next;
    else this.first = call.next;
    if (call.next) call.next.previous = call.previous;
    else this.last = call.previous;
    call.previous = undefined;
    call.next = undefined;
    this.size--;
  }

  /** Visits every open call; the visitor may end the call it is given. */
  each(visit: (call: TrackedCall) => void): void {
    for (let call = this.first; call; ) {
      const { next } = call;
      visit(call);
      call = next;
    }
  }
}
