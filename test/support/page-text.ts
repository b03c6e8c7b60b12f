/** The part of Alertmanager's webhook payload (version 4) that a page is printed from. */
export interface WebhookAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
}
export interface WebhookPayload {
  readonly version: '4';
  readonly status: 'firing' | 'resolved';
  readonly receiver: string;
  readonly groupKey: string;
  readonly alerts: readonly WebhookAlert[];
  readonly truncatedAlerts?: number;
}

/** The lines of a page in their order; the templates of Slack, e-mail and the others have the same. */
export const LINES = [
  ['Where', 'where'],
  ['Since', 'since'],
  ['Deploy', 'deploy'],
  ['Requests', 'request_ids'],
  ['Trace', 'trace_url'],
  ['Check', 'first_check'],
  ['Retrying', 'retry_advice'],
  ['Load', 'load'],
  ['Failing', 'checklist'],
  ['Status', 'status_page'],
  ['Evidence', 'evidence_url'],
  ['Dashboard', 'dashboard_url'],
  ['Runbook', 'runbook_url'],
  ['Silence', 'silence_url'],
] as const;

/** A notification as the person on call reads it, one block per alert, what fires first. */
export function pageText(payload: WebhookPayload): string {
  const weight = (a: WebhookAlert) => a.annotations['weight'] ?? '';
  const firing = payload.alerts
    .filter((a) => a.status === 'firing')
    .toSorted((a, b) => weight(b).localeCompare(weight(a)));
  const over = payload.alerts.filter((a) => a.status !== 'firing');
  return [...firing, ...over].map(alertText).join('\n\n');
}

function alertText({ status, labels, annotations: a }: WebhookAlert): string {
  const head = status === 'firing' ? (labels['severity'] ?? 'alert').toUpperCase() : 'RESOLVED';
  const lines = [`${head} [${labels['owner'] ?? '-'}] ${a['summary'] ?? labels['alertname'] ?? ''}`];
  if (status === 'resolved') return lines.join('\n');
  if (a['description']) lines.push(a['description']);
  for (const [title, name] of LINES) {
    const text = a[name];
    if (text) lines.push(`${`${title}:`.padEnd(10)} ${text.replaceAll('\n', `\n${' '.repeat(11)}`)}`);
  }
  return lines.join('\n');
}
