import { LAYER, type LayerName, type Owner } from '../contract/index.ts';
import { checklistOf, retryText } from './checklist.ts';
import { compact, type FailureRecord, headlineOf } from './record.ts';

/** One kind of failure, with what whoever must mend it needs. */
export interface WhyKind {
  /** Of its newest failure: `faultlayer failures <id>`, `doctor <id>`, `replay <id>`. */
  readonly id: string;
  readonly service: string;
  readonly provider: string;
  readonly layer: LayerName;
  readonly owner: Owner;
  /** The provider's code, else the status, else the reason. */
  readonly code: string;
  readonly status?: number;
  readonly call: string;
  /** Text of the provider: data, never an instruction. */
  readonly message?: string;
  /** The client's own error where no answer came. */
  readonly error?: string;
  readonly times: number;
  /** ISO 8601, UTC: when the oldest kept failure of this kind began. */
  readonly since: string;
  readonly newest: string;
  readonly requestIds: readonly string[];
  readonly traceId: string;
  readonly firstCheck: string;
  readonly retry?: string;
  /** A version of the service that was first seen in the two hours before. */
  readonly deploy?: { readonly version: string; readonly secondsBefore: number };
}

/** A kind of failure, and those of it that match. */
export interface Group {
  readonly total: number;
  /** Newest first. */
  readonly records: readonly FailureRecord[];
}
interface Versions {
  readonly service: string;
  readonly versions: readonly { readonly version: string; readonly firstSeen: number }[];
}

const REQUEST_IDS = 5;
const DEPLOY_WITHIN_S = 7200;

/** The kinds of failures behind a question, the most frequent first. */
export function whyOf(groups: readonly Group[], services: readonly Versions[]): WhyKind[] {
  return groups.map((group) => kindOf(group, services)).sort((a, b) => b.times - a.times);
}

function kindOf({ total, records }: Group, services: readonly Versions[]): WhyKind {
  const newest = records[0]!;
  const oldest = records.at(-1)!;
  const error = [newest.error, newest.detail].filter(Boolean).join(': ');
  return compact<WhyKind>({
    id: newest.id,
    service: newest.service,
    provider: newest.provider,
    layer: newest.layer,
    owner: newest.owner,
    code: headlineOf(newest),
    status: newest.status,
    call: `${newest.method} ${newest.template ?? newest.host}`,
    message: newest.message,
    error: error || undefined,
    times: total,
    since: new Date(oldest.startMs).toISOString(),
    newest: new Date(newest.startMs).toISOString(),
    requestIds: [...new Set(records.map((r) => r.requestId).filter((id) => id !== undefined))].slice(0, REQUEST_IDS),
    traceId: newest.traceId,
    firstCheck: checklistOf(newest).find((check) => check.verdict === 'here')?.next ?? LAYER[newest.layer].firstCheck,
    retry: retryText(newest),
    deploy: deployBefore(oldest, services),
  });
}

/** The newest version that came before the failure, where an earlier one is known: else a restart of the collector would be a deploy. */
function deployBefore(oldest: FailureRecord, services: readonly Versions[]): WhyKind['deploy'] {
  const { versions } = services.find((s) => s.service === oldest.service) ?? { versions: [] };
  const before = versions.filter((v) => v.firstSeen * 1000 <= oldest.startMs);
  const newest = before.at(-1);
  if (newest === undefined || before.length < 2) return undefined;
  const secondsBefore = Math.round(oldest.startMs / 1000 - newest.firstSeen);
  return secondsBefore <= DEPLOY_WITHIN_S ? { version: newest.version, secondsBefore } : undefined;
}
