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

const LINES = [
  ['Since', 'since'],
  ['Deploy', 'deploy'],
  ['Requests', 'request_ids'],
  ['Trace', 'trace_url'],
  ['Look first', 'first_check'],
  ['Retrying', 'retry_advice'],
  ['Load', 'load'],
  ['', 'checklist'],
  ['Dashboard', 'dashboard_url'],
  ['Evidence', 'evidence_url'],
  ['Runbook', 'runbook_url'],
  ['Silence', 'silence_url'],
] as const;

/** A notification as the person on call reads it, one block per alert; the same order as the Slack and e-mail templates. */
export function pageText(payload: WebhookPayload): string {
  return payload.alerts.map((alert) => alertText(alert)).join('\n\n');
}

function alertText({ status, labels, annotations: a }: WebhookAlert): string {
  const head = status === 'firing' ? (labels['severity'] ?? 'alert').toUpperCase() : 'RESOLVED';
  const lines = [`${head} [${labels['owner'] ?? '-'}] ${a['summary'] ?? labels['alertname'] ?? ''}`];
  if (status === 'resolved') return lines.join('\n');
  if (a['description']) lines.push(a['description']);
  for (const [title, name] of LINES) {
    const text = a[name];
    if (text) lines.push(title === '' ? text : `${`${title}:`.padEnd(11)} ${text}`);
  }
  return lines.join('\n');
}
