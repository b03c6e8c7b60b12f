import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { type CollectorProcess, KeptConnection } from './collector-process.ts';
import { parsePage, type Sample, sumOf } from './exposition.ts';
import { protobufBody } from './otlp-spans.ts';
import { send } from './test-collector.ts';

const body = protobufBody([
  {
    resource: { 'service.name': 'fleet' },
    spans: [{ attributes: { 'http.request.method': 'GET', 'api.status.class': '2xx' } }],
  },
]);
const AT_ONCE = 50;

export const rssOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;

/**
 * So many senders, each on a connection that it keeps, send a call each; all must be answered 200. Returns the page after that, read anew.
 * `during` may use the connections before they end.
 */
export async function manySenders(
  collector: CollectorProcess,
  senders: number,
  during?: (open: KeptConnection[]) => Promise<void>,
): Promise<Sample[]> {
  const open: KeptConnection[] = [];
  const statuses = new Map<number, number>();
  try {
    for (let from = 0; from < senders; from += AT_ONCE)
      await Promise.all(
        Array.from({ length: Math.min(AT_ONCE, senders - from) }, async () => {
          const connection = await KeptConnection.open(collector.otlp);
          open.push(connection);
          const status = await connection.post(body);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }),
      );
    expect(Object.fromEntries(statuses)).toEqual({ 200: senders });
    expect((await send(`${collector.http}/-/healthy`)).status).toBe(200);
    const page = await send(`${collector.http}/metrics`);
    expect(page.status).toBe(200);
    const samples = parsePage(page.body.toString());
    expect(sumOf(samples, 'api_client_calls_total', { service_name: 'fleet' })).toBe(senders);
    expect(sumOf(samples, 'faultlayer_connections_refused_total')).toBe(0);
    await during?.(open);
    return samples;
  } finally {
    for (const { socket } of open) socket.destroy();
  }
}
