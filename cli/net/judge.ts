import type { LayerName } from '../../src/contract/index.ts';
import { type Evidence, extract } from '../../src/extract/index.ts';
import { layerOfAnswer, reasonOfAnswer } from '../../src/layers/answer.ts';
import { providerName } from '../../src/providers/index.ts';

/** What an answer says, read by the same rules as in the service. */
export interface Judgement {
  readonly provider: string;
  readonly evidence: Evidence;
  readonly layer?: LayerName;
  readonly reason?: string;
}

export function judge(
  host: string,
  status: number,
  headers: readonly (readonly [string, string])[],
  body: string,
  truncated: boolean,
): Judgement {
  const header = (name: string): string | undefined => headers.find(([n]) => n === name.toLowerCase())?.[1];
  const contentType = header('content-type');
  const provider = providerName(host);
  const evidence = extract({
    status,
    host,
    header,
    headerNames: () => headers.map(([name]) => name),
    body: body.slice(0, 16_384),
    truncated: truncated || body.length > 16_384,
    nowMs: Date.now(),
    ...(contentType === undefined ? {} : { contentType }),
  });
  const layer = layerOfAnswer(status, evidence, provider);
  if (layer === undefined) return { provider, evidence };
  return { provider, evidence, layer, reason: reasonOfAnswer(layer, evidence) };
}
