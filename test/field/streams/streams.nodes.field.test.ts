import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodeLines } from '../../support/node-lines.ts';
import { otlpSink } from '../../support/otlp-sink.ts';
import { fieldApp } from '../../support/packed.ts';
import { runNode } from '../../support/run-node.ts';
import {
  CLIENTS,
  type Client,
  type End,
  expected,
  SPLITS,
  splits,
  streamPath,
  streamServers,
} from '../../support/stream-answers.ts';
import { ALL_STREAMS } from '../../support/streams-more.ts';

const ENDS: readonly End[] = ['whole', 'open', 'cut'];
/** What the application got of a call. */
interface Saw {
  readonly path: string;
  readonly got: number;
  readonly sum: string;
  readonly raised: string;
}
interface Cell {
  readonly index: number;
  readonly client: Client;
  readonly split: number;
  readonly end: End;
}

/**
 * Every stream with every client, every split and every end, each two of these together, not all three: in full the matrix runs on the newest line,
 * in `test/instrumentation/capture/stream.test.ts`.
 */
const pairs: readonly Cell[] = ALL_STREAMS.flatMap((stream, index) =>
  SPLITS.map((split, i) => ({
    index,
    split: splits(stream, split) ? split : 1460,
    client: CLIENTS[(index + i) % CLIENTS.length]!,
    end: ENDS[(Math.floor(index / CLIENTS.length) + i) % ENDS.length]!,
  })),
);

/** Before Node 22.17 `node:http2` has no channels (docs/limits.md). */
const sees = (name: string, client: Client): boolean => client !== 'http2' || !/^v22\.1[56]\./.test(name);

it.each(nodeLines())('every kind of stream through every client on $name', async ({ node, name }) => {
  const cells = pairs.filter(({ client }) => sees(name, client));
  const provider = await streamServers();
  const sink = await otlpSink();
  const folder = mkdtempSync(join(tmpdir(), 'faultlayer-streams-'));
  try {
    const file = join(folder, 'calls.json');
    const calls = cells.map(({ index, client, split, end }, i) => ({
      client,
      end,
      length: ALL_STREAMS[index]!.bytes.length,
      path: `${streamPath(index, split, end)}&cell=${i}`,
    }));
    writeFileSync(file, JSON.stringify(calls));
    const args = ['--require', 'faultlayer/register', 'apps/matrix.mjs', file, provider.one, provider.two];
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_BSP_MAX_QUEUE_SIZE: '8192' };
    const run = async (more: readonly string[]) => {
      const result = await runNode([...more], { node, cwd: fieldApp('streams'), env, deadlineMs: 120_000 });
      expect([result.code, result.stderr]).toEqual([0, '']);
      const lines = result.stdout.trim().split('\n');
      return new Map(lines.map((line) => JSON.parse(line) as Saw).map((one) => [one.path, one]));
    };
    const saw = await run(args);
    const spans = await sink.waitForSpans(cells.length);
    expect(spans).toHaveLength(cells.length);
    const spanOf = new Map(
      spans.map((span) => [/&cell=(\d+)/.exec(String(span.attributes['url.full']))?.[1], span.attributes]),
    );
    const wrong: string[] = [];
    cells.forEach(({ index, client, split, end }, i) => {
      const stream = ALL_STREAMS[index]!;
      const where = `${stream.name}, ${client} by ${split}, ${end}`;
      const a = spanOf.get(String(i)) ?? {};
      const kind = a['api.failure.layer'] ? 'failed' : a['api.cancelled'] ? 'cancelled' : 'ok';
      const told = kind === 'failed' ? `failed ${a['api.failure.layer']} ${a['api.failure.reason']}` : kind;
      const wanted = expected(stream, client, end);
      if (told !== wanted) wrong.push(`${where}: ${told}, not ${wanted}`);
      const code = a['api.provider.code'];
      if (code !== stream.code) wrong.push(`${where}: code ${code}, not ${stream.code}`);
      const { got, raised } = saw.get(calls[i]!.path)!;
      if (end !== 'cut' && got !== stream.bytes.length) wrong.push(`${where}: ${got} bytes`);
      if ((raised === '') !== (end === 'whole')) wrong.push(`${where}: raised ${raised}`);
    });
    // bytes, their order and errors are the application's own: those of a process without us, but for what a reset throws away
    const bare = await run(args.slice(2));
    cells.forEach(({ end }, i) => {
      const [with_, without] = [saw, bare].map((one) => one.get(calls[i]!.path)!);
      if (with_!.raised !== without!.raised) wrong.push(`${calls[i]!.path}: ${with_!.raised}, not ${without!.raised}`);
      if (end !== 'cut' && with_!.sum !== without!.sum) wrong.push(`${calls[i]!.path}: other bytes`);
    });
    expect(wrong).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await provider.close();
    await sink.close();
  }
});
