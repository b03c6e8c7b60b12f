import { ownerOf, stageOf } from '../../src/contract/index.ts';
import { detailOf, errorCodeOf } from '../../src/layers/detail.ts';
import { Memory } from '../../src/memo.ts';
import { redactDetail, redactText } from '../../src/redact/index.ts';
import type { Call } from '../capture/types.ts';
import type { Outcome } from '../judge/types.ts';
import { Block, Blocks } from '../span/block.ts';
import type { AttributeList } from '../span/list.ts';

/** Kinds of failures that are remembered; saves 4 of the 17 µs that a failing call adds: a service that fails does so in one or two ways at a time. */
const LIMIT = 16;
const kept = Memory.part(() => new Blocks(LIMIT));

/** How a call failed, without what its answer says. */
export function failureOf(outcome: Outcome, status: number | undefined): Block {
  const { layer = 'unknown', reason = 'unknown', sent, rpc } = outcome;
  const failures = kept();
  const parts = [layer, reason, sent, status, rpc?.status];
  const known = failures.find(parts);
  if (known !== undefined) return known;
  const block = new Block();
  block.set('api.failure.layer', layer);
  block.set('api.failure.stage', stageOf(layer, sent, status !== undefined));
  block.set('api.failure.reason', reason);
  block.set('api.failure.owner', ownerOf(layer, reason));
  block.set('api.request.sent', sent);
  // semantic conventions, RPC: the status that the procedure itself ended with
  block.set('error.type', String(rpc?.status ?? (reason === 'http.error' ? status : undefined) ?? reason));
  return failures.keep(parts, block);
}

const DETAIL_MAX = 256;

/** The error as the application saw it, with what was seen beside it; an answer that says what is wrong needs neither. */
export function addError(a: AttributeList, call: Call, { error, reason, deadlineMs }: Outcome): void {
  if (deadlineMs !== undefined) a.set('api.deadline', deadlineMs / 1000);
  if (reason === 'http.error' || reason === 'http.error_in_success') return;
  const code = errorCodeOf(error);
  if (code !== undefined) a.set('api.failure.error', redactText(code, 64));
  const ofCertificate = reason?.startsWith('tls.cert.') ? call.connection?.certificate : undefined;
  const announced =
    reason === 'http.response.truncated' || reason === 'http.response.stalled' ? lengthOf(call) : undefined;
  const detail = detailOf(error, {
    issuer: ofCertificate?.issuer,
    validTo: ofCertificate?.validTo,
    announced,
    received: announced === undefined ? undefined : Math.min(announced, call.received() ?? 0),
  });
  if (detail !== undefined) a.set('api.failure.detail', redactDetail(detail, DETAIL_MAX));
}

function lengthOf(call: Call): number | undefined {
  const length = Number(call.responseHeader('content-length') ?? Number.NaN);
  return Number.isSafeInteger(length) && call.received() !== undefined ? length : undefined;
}
