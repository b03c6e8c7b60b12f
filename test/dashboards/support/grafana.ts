import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Stored {
  dashboard: Record<string, unknown>;
  folderUid: string;
  messages: string[];
}

/**
 * The part of Grafana's HTTP API that is used, with its rules: bearer tokens, 404 for what is not there, 412 for a write
 * without `overwrite`, `id` and `version` of its own, and, as from Grafana 12 on, its own migrations of what it stores.
 */
export async function startGrafana(options: {
  token: string;
  migrates?: boolean;
  path?: string;
  wrapsVersions?: boolean;
}) {
  const folders = new Map<string, string>();
  const dashboards = new Map<string, Stored>();
  const requests: string[] = [];
  const base = options.path ?? '';
  const server = createServer(async (req, res) => {
    const send = (status: number, body: unknown) =>
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    let text = '';
    for await (const chunk of req) text += chunk;
    const url = new URL(req.url!, 'http://grafana');
    requests.push(`${req.method} ${url.pathname}`);
    if (req.headers.authorization !== `Bearer ${options.token}`) return send(401, { message: 'Invalid API key' });
    const path = url.pathname.startsWith(base) ? url.pathname.slice(base.length) : '/nowhere';
    const [, uid, versions] = /^\/api\/dashboards\/uid\/([^/]+)(\/versions)?$/.exec(path) ?? [];
    if (req.method === 'GET' && uid !== undefined) {
      const stored = dashboards.get(uid);
      if (stored === undefined) return send(404, { message: 'Dashboard not found' });
      if (versions === undefined)
        return send(200, { dashboard: stored.dashboard, meta: { folderUid: stored.folderUid } });
      const list = [{ version: stored.messages.length, message: stored.messages.at(-1) }];
      return send(200, options.wrapsVersions ? { continueToken: '', versions: list } : list);
    }
    const folder = /^\/api\/folders\/([^/]+)$/.exec(path)?.[1];
    if (req.method === 'GET' && folder !== undefined)
      return folders.has(folder) ? send(200, { uid: folder }) : send(404, { message: 'folder not found' });
    if (req.method === 'POST' && path === '/api/folders') {
      const body = JSON.parse(text) as { uid: string; title: string };
      if (folders.has(body.uid)) return send(409, { message: 'folder exists' });
      folders.set(body.uid, body.title);
      return send(200, body);
    }
    if (req.method === 'POST' && path === '/api/dashboards/db') {
      const body = JSON.parse(text) as {
        dashboard: Record<string, unknown> & { uid: string };
        folderUid: string;
        overwrite?: boolean;
        message: string;
      };
      const before = dashboards.get(body.dashboard.uid);
      if (!folders.has(body.folderUid)) return send(400, { message: 'folder not found' });
      if (before !== undefined && body.overwrite !== true)
        return send(412, { message: 'The dashboard has been changed by someone else' });
      const version = (before?.messages.length ?? 0) + 1;
      const migrated = options.migrates ? { ...body.dashboard, schemaVersion: 99, panels: [] } : body.dashboard;
      dashboards.set(body.dashboard.uid, {
        dashboard: { ...migrated, id: before?.dashboard['id'] ?? dashboards.size + 1, version },
        folderUid: body.folderUid,
        messages: [...(before?.messages ?? []), body.message],
      });
      return send(200, { status: 'success', uid: body.dashboard.uid, version });
    }
    return send(404, { message: 'Not found' });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`,
    folders,
    dashboards,
    requests,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
