import { createServer, type Server } from 'node:http';

/** One alert as Alertmanager's webhook sends it (payload version 4). */
export interface Alert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly fingerprint: string;
}
interface Notification {
  readonly version: string;
  readonly receiver: string;
  readonly alerts: readonly Alert[];
}
/** What reached the person on call, and when. */
export interface Page {
  readonly receiver: string;
  readonly receivedAt: string;
  readonly alert: Alert;
}

const LIMIT = 1 << 20;
const KEPT = 1_000;

export interface Receiver {
  readonly pages: readonly Page[];
  readonly port: number;
  close(): Promise<void>;
}

/** Stands where Slack, PagerDuty or a mail server would: takes webhooks on POST /, shows them as JSON on GET /pages. */
export async function startReceiver(host: string, port: number, onPage: (page: Page) => void): Promise<Receiver> {
  const pages: Page[] = [];
  const seen = new Map<string, string>();
  const take = ({ receiver, alerts }: Notification) => {
    for (const alert of alerts) {
      // A group is sent whole whenever one of its alerts changes; only what is news reaches a person.
      if (seen.get(alert.fingerprint) === `${alert.status}${alert.startsAt}`) continue;
      seen.set(alert.fingerprint, `${alert.status}${alert.startsAt}`);
      const page: Page = { receiver, receivedAt: new Date().toISOString(), alert };
      pages.push(page);
      if (pages.length > KEPT) pages.shift();
      onPage(page);
    }
  };
  const server: Server = createServer((request, response) => {
    if (request.method === 'GET') {
      response.setHeader('content-type', 'application/json');
      response.end(request.url === '/pages' ? JSON.stringify(pages, null, 2) : '{"pages":"/pages"}\n');
      return;
    }
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > LIMIT) request.destroy();
    });
    request.on('end', () => {
      try {
        take(JSON.parse(text) as Notification);
        response.writeHead(200).end();
      } catch (error) {
        response.writeHead(400).end(`${(error as Error).message}\n`);
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    pages,
    port: (server.address() as { port: number }).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
