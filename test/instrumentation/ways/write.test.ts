import { setFlagsFromString } from 'node:v8';
import { SpanKind } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { describe, expect, it, vi } from 'vitest';
import { Block } from '../../../instrumentation/span/block.ts';
import type { ForeignSpan } from '../../../instrumentation/ways/types.ts';
import { writeOn } from '../../../instrumentation/ways/write.ts';
import { ATTRIBUTES } from '../../../src/contract/index.ts';
import { listOf } from '../../support/attributes.ts';

const spanOf = (limits: object = {}) => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })], spanLimits: limits });
  const attributes = { 'http.request.method': 'GET', 'http.request.header.x-a': 'theirs' };
  const span = provider.getTracer('test').startSpan('GET', { kind: SpanKind.CLIENT, attributes });
  const write = (entries: Readonly<Record<string, string | number>>) =>
    writeOn(span as unknown as ForeignSpan, { list: listOf(entries), links: [], outcome: { kind: 'ok', sent: 'yes' } });
  const ended = async () => {
    span.end();
    await provider.forceFlush();
    return exporter.getFinishedSpans()[0]!;
  };
  return { span, write, ended };
};

describe('attributes on another SDK’s span', () => {
  it('are stored past its checks, and counted for it', async () => {
    const { span, write, ended } = spanOf();
    const asked = vi.spyOn(span, 'setAttribute');
    write({ 'api.status.class': '2xx', 'http.request.method': 'GET', 'server.port': 443 });
    expect(asked).not.toHaveBeenCalled();
    expect((span as unknown as { _attributesCount: number })._attributesCount).toBe(4);
    expect((await ended()).attributes).toMatchObject({ 'api.status.class': '2xx', 'server.port': 443 });
  });

  it('keep to its count of attributes', async () => {
    const { write, ended } = spanOf({ attributeCountLimit: 3 });
    write({ 'api.status.class': '2xx', 'server.address': 'a', 'server.port': 443 });
    const { attributes, droppedAttributesCount } = await ended();
    expect(Object.keys(attributes)).toHaveLength(3);
    expect(droppedAttributesCount).toBe(2);
  });

  it('keep to its length of values', async () => {
    const { write, ended } = spanOf({ attributeValueLengthLimit: 4 });
    write({ 'url.template': '/v1/things' });
    expect((await ended()).attributes['url.template']).toBe('/v1/');
  });

  it('leave headers as the application recorded them', async () => {
    const { span, ended } = spanOf();
    const list = listOf({ 'a.hook.s': 1 });
    const block = new Block();
    block.set('http.request.header.x-a', ['ours']);
    block.set('http.request.header.x-b', ['ours']);
    list.share(block);
    writeOn(span as unknown as ForeignSpan, { list, links: [], outcome: { kind: 'ok', sent: 'yes' } });
    const { attributes } = await ended();
    expect(attributes).toMatchObject({ 'http.request.header.x-a': 'theirs', 'a.hook.s': 1 });
    expect(attributes['http.request.header.x-b']).toEqual(['ours']);
  });

  it('leave the object one that is quick to encode', () => {
    setFlagsFromString('--allow-natives-syntax');
    const isQuick = new Function('object', 'return %HasFastProperties(object)') as (object: object) => boolean;
    const { span, write } = spanOf();
    write(Object.fromEntries(Object.keys(ATTRIBUTES).map((name) => [name, 1])));
    const { attributes } = span as unknown as { attributes: Record<string, unknown> };
    expect(Object.keys(attributes).length).toBeGreaterThan(60);
    expect(isQuick(attributes)).toBe(true);
  });
});
