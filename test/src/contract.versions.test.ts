import { describe, expect, it } from 'vitest';
import { ATTRIBUTES, LAYERS, METRICS, OVERFLOW, REASONS, type ReadName } from '../../src/contract/index.ts';
import type { AttributeValue } from '../../src/evidence/read-attributes.ts';
import { recordOf } from '../../src/evidence/record.ts';
import VERSIONS from '../fixtures/contract-versions.json' with { type: 'json' };
import { pipeline } from '../support/decode-bodies.ts';
import { protobufBody } from '../support/otlp-spans.ts';

/** What the contract was at three points of its history, the oldest first. */
const versions = VERSIONS as unknown as readonly {
  readonly version: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly layers: readonly string[];
  readonly reasons: Readonly<Record<string, readonly string[]>>;
  readonly metrics: Readonly<Record<string, readonly string[]>>;
}[];

const resource = { 'service.name': 'checkout' };
const failed = (more: Record<string, AttributeValue>) => ({
  'api.status.class': 'none',
  'api.provider.name': 'p',
  'server.address': 'api.p.test',
  'http.request.method': 'GET',
  'url.template': '/v1',
  ...more,
});
const counted = (spans: Record<string, AttributeValue>[]) => {
  const p = pipeline();
  p.take(protobufBody([{ resource, spans: spans.map((attributes) => ({ attributes })) }]));
  return p.samples().filter((sample) => sample.name === METRICS.calls.name);
};
const kept = (attributes: Record<string, AttributeValue>) =>
  recordOf({
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    startMs: 0,
    endMs: 1,
    resource: new Map(Object.entries(resource)),
    attributes: new Map(Object.entries(attributes)),
  });

describe.each(versions)('a preload of $version', ({ attributes, layers, reasons, metrics }) => {
  it('sends no name that this version has lost or changed', () => {
    for (const [name, type] of Object.entries(attributes))
      expect((ATTRIBUTES as Record<string, { type: string }>)[name]?.type, name).toBe(type);
    expect(LAYERS.map(({ name }) => name)).toEqual(expect.arrayContaining([...layers]));
    expect(Object.keys(REASONS)).toEqual(expect.arrayContaining(Object.keys(reasons)));
    const now = new Map(Object.values(METRICS).map((metric) => [metric.name, metric.labels]));
    for (const [name, labels] of Object.entries(metrics)) expect(now.get(name), name).toEqual(labels);
  });

  it('has every failure counted and kept under its own layer and reason', () => {
    const told = Object.entries(reasons).flatMap(([reason, of]) => of.map((layer) => [layer, reason] as const));
    const spans = told.map(([layer, reason]) => failed({ 'api.failure.layer': layer, 'api.failure.reason': reason }));
    const seen = counted(spans).map(({ labels, value }) => [
      labels['api_failure_layer'],
      labels['api_failure_reason'],
      value,
    ]);
    expect(seen.sort()).toEqual(told.map(([layer, reason]) => [layer, reason, 1]).sort());
    for (const [i, span] of spans.entries())
      expect([kept(span)?.layer, kept(span)?.reason]).toEqual([told[i]![0], told[i]![1]]);
  });
});

/** Words that a later version may bring, and what becomes of each: its label, and what the evidence keeps. */
const LATER: readonly (readonly [name: ReadName, word: string, label: string | undefined, keeps: object])[] = [
  ['api.failure.layer', 'edge', 'unknown', { layer: 'unknown', owner: 'load', stage: 'before_send' }],
  ['api.failure.reason', 'edge.melted', OVERFLOW, { reason: 'edge.melted', owner: 'load', stage: 'before_send' }],
  ['api.retry.advice', 'ask_again', undefined, { retryAdvice: 'ask_again' }],
  ['api.request.sent', 'twice', undefined, { sent: 'twice' }],
];

it.each(LATER)('a newer preload’s %s=%s is counted, and kept as it is', (name, word, label, keeps) => {
  const attributes = failed({
    'api.failure.layer': 'wait',
    'api.failure.reason': 'http.response.closed',
    'api.failure.owner': 'load',
    'api.failure.stage': 'before_send',
    'api.of.tomorrow': true,
    [name]: word,
  });
  const [call, ...others] = counted([attributes]);
  expect([call?.value, others]).toEqual([1, []]);
  if (label !== undefined) expect(call?.labels[name.replaceAll('.', '_')]).toBe(label);
  expect(kept(attributes)).toMatchObject(keeps);
});
