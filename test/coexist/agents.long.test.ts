import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { preloaded, REGISTER } from '../support/preload.ts';
import { clients, type Observed, type Stage, stage } from './applications.ts';

/** Agents that trace without OpenTelemetry: the trace that they carry on stays theirs, the spans for the collector are ours. */
let on: Stage;
beforeAll(async () => {
  on = await stage();
}, 300_000);
afterAll(() => on[Symbol.asyncDispose]());

// node numbers its warnings by process
const warnings = ({ stderr }: Observed) => stderr.replace(/\(node:\d+\)/g, '');
const file = (name: string) => join(import.meta.dirname, 'agents', name);
/** Per request the traces it is said to belong to, numbered in the order of their first appearance. */
function traces({ headers }: Observed): number[][] {
  const known: string[] = [];
  return headers.map((h) =>
    (h['traceparent'] ?? []).map((value) => {
      const trace = value.split('-')[1]!;
      if (!known.includes(trace)) known.push(trace);
      return known.indexOf(trace);
    }),
  );
}

describe.each(['elastic', 'newrelic'])('an application under %s', (agent) => {
  it.each([
    ['ours preloaded first', (theirs: string[]) => preloaded(...theirs)],
    ['theirs preloaded first', (theirs: string[]) => ['--require', theirs[1]!, '--require', REGISTER, theirs[2]!]],
  ])('%s', async (_order, withOurs) => {
    const theirs = ['--require', file(`${agent}.cjs`), file(`${agent}-app.cjs`)];
    const bare = await on.run(theirs);
    expect(traces(bare)).toEqual([[0], [0], [0], [0]]);
    const ours = await on.run(withOurs(theirs));
    expect(ours).toMatchObject({ code: bare.code, stdout: bare.stdout });
    expect(warnings(ours)).toBe(warnings(bare));
    expect(traces(ours)).toEqual(traces(bare));
    // not the agents' own calls, to 127.0.0.1:1
    const told = clients(ours).filter(({ attributes: a }) => {
      const { pathname } = new URL(String(a['url.full']));
      return a['server.port'] !== 1 && (pathname === '/' || pathname.startsWith('/main/'));
    });
    expect(told.map((span) => [span.scope, span.attributes['error.type']])).toEqual(
      [undefined, '503', undefined, '503', 'tcp.refused', 'tcp.refused'].map((type) => ['faultlayer', type]),
    );
  });
});
