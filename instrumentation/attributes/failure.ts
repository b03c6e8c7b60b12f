import { type LayerName, ownerOf, type Reason, stageOf } from '../../src/contract/index.ts';
import type { Outcome } from '../judge/types.ts';
import { Block } from '../span/block.ts';

class Failure extends Block {
  private readonly layer: LayerName;
  private readonly reason: Reason;
  private readonly sent: Outcome['sent'];
  private readonly status: number | undefined;
  private readonly type: string | undefined;

  constructor(
    layer: LayerName,
    reason: Reason,
    sent: Outcome['sent'],
    status: number | undefined,
    type: string | undefined,
  ) {
    super();
    this.type = type;
    this.layer = layer;
    this.reason = reason;
    this.sent = sent;
    this.status = status;
    const stage = stageOf(layer, sent, status !== undefined);
    this.set('api.failure.layer', layer);
    if (stage) this.set('api.failure.stage', stage);
    this.set('api.failure.reason', reason);
    this.set('api.failure.owner', ownerOf(layer, reason));
    this.set('api.request.sent', sent);
    this.set('error.type', type ?? (reason === 'http.error' && status !== undefined ? String(status) : reason));
  }

  fits({ layer = 'unknown', reason = 'unknown', sent, rpc }: Outcome, status: number | undefined): boolean {
    if (this.layer !== layer || this.reason !== reason || this.type !== rpc?.status) return false;
    return this.status === status && this.sent === sent;
  }
}

/** Kinds of failures that are remembered, the newest first; saves 4 of the 17 µs that a failing call adds: a service that fails does so in one or two ways at a time. */
const LIMIT = 16;
const failures: Failure[] = [];

/** How a call failed, without what its answer says. */
export function failureOf(outcome: Outcome, status: number | undefined): Block {
  for (let i = 0; i < failures.length; i++) {
    const known = failures[i]!;
    if (!known.fits(outcome, status)) continue;
    if (i > 0) failures.unshift(...failures.splice(i, 1));
    return known;
  }
  const { layer = 'unknown', reason = 'unknown', sent, rpc } = outcome;
  // semantic conventions, RPC: the status that the procedure itself ended with
  const made = new Failure(layer, reason, sent, status, rpc?.status);
  failures.unshift(made);
  if (failures.length > LIMIT) failures.pop();
  return made;
}
