import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/run-node.ts';

const main = join(root, 'dist/cli/main.js');

/** A command that goes on until it is stopped, or until its input ends. */
export function longCommand(words: readonly string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [main, ...words], {
    env: { PATH: process.env['PATH']!, HOME: '/nonexistent', NO_COLOR: '1', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const closed = new Promise<void>((resolve) => child.on('close', () => resolve()));
  return {
    child,
    output: () => output,
    async stop(): Promise<string> {
      child.kill('SIGTERM');
      await closed;
      return output;
    },
  };
}

/** What an assistant gets: every tool that shows failures, by the Model Context Protocol. */
export async function askedByAssistant(env: Record<string, string>, id: string): Promise<string> {
  const server = longCommand(['mcp'], env);
  const calls = [
    { name: 'list_failures', arguments: {} },
    { name: 'why_failing', arguments: {} },
    { name: 'get_failure', arguments: { id } },
    { name: 'provider_health', arguments: {} },
  ];
  const clientInfo = { name: 'gate', version: '1' };
  const messages: object[] = [
    { id: 0, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo } },
    { method: 'notifications/initialized' },
    ...calls.map((params, i) => ({ id: i + 1, method: 'tools/call', params })),
  ];
  for (const message of messages) server.child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const answered = (): boolean => calls.every((_, i) => server.output().includes(`"id":${i + 1}`));
  for (let i = 0; i < 300 && !answered(); i++) await new Promise((resolve) => setTimeout(resolve, 100));
  return server.stop();
}

/** Every channel's text of a page about each failure that `/metrics` names, as Alertmanager renders it. */
export function messagesOf(metrics: string, folder: string): string {
  const series = metrics.match(/^api_client_last_failure_timestamp_seconds\{.*?\} /gm) ?? [];
  const alerts = series.map((line) => {
    const labels = Object.fromEntries(
      [...line.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name, value]),
    );
    const all = Object.values(labels).join(' ');
    const said = 'summary description where request_ids first_check checklist evidence_url trace_url'.split(' ');
    const annotations = Object.fromEntries(said.map((name) => [name, all]));
    const at = { startsAt: '2026-01-01T00:00:00Z', endsAt: '0001-01-01T00:00:00Z' };
    return { status: 'firing', labels, annotations, ...at, fingerprint: all.slice(0, 64) };
  });
  const data = join(folder, 'alerts.json');
  const none = { groupLabels: {}, commonLabels: {}, commonAnnotations: {}, externalURL: 'http://alerts.example' };
  return alerts
    .map((alert) => {
      writeFileSync(data, JSON.stringify({ receiver: 'gate', status: 'firing', alerts: [alert], ...none }));
      const templates = ['title', 'short', 'text', 'slack.title', 'slack.short', 'email.html'];
      const text = templates.map((name) => `{{ template "faultlayer.${name}" . }}`).join('\n');
      const glob = join(root, 'alerts/templates/*.tmpl');
      return execFileSync(
        'amtool',
        ['template', 'render', `--template.glob=${glob}`, `--template.text=${text}`, `--template.data=${data}`],
        { encoding: 'utf8' },
      );
    })
    .join('\n');
}
