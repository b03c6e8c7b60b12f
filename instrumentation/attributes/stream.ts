import type { Call } from '../capture/types.ts';
import type { Outcome } from '../judge/types.ts';
import type { AttributeList } from '../span/list.ts';

/** When a streamed answer began to speak, and how long it was silent then. */
export function addStream(a: AttributeList, { streamed, startMs }: Call): void {
  if (streamed === undefined || streamed.firstMs === 0) return;
  a.set('api.stream.first_chunk', (streamed.firstMs - startMs) / 1000);
  a.set('api.stream.longest_gap', streamed.gapMs / 1000);
}

/** Semantic conventions, RPC. Returns the span's name, if the method is known. */
export function addRpc(a: AttributeList, rpc: Outcome['rpc']): string | undefined {
  if (rpc === undefined) return undefined;
  a.set('rpc.system.name', rpc.system);
  if (rpc.method !== undefined) a.set('rpc.method', rpc.method);
  if (rpc.status !== undefined) a.set('rpc.response.status_code', rpc.status);
  return rpc.method;
}
