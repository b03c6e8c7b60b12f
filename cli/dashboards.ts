import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../alerts/package-folder.ts';
import { configMap } from '../dashboards/config-map.ts';
import { command, flag, output, text, UsageError, type ValuesOf } from './command.ts';
import { type Dashboard, ensureFolder, pushDashboard, type Target } from './grafana.ts';

const USAGE = `usage: faultlayer dashboards [--json]
       faultlayer dashboards --out <folder> [--kubernetes]
       faultlayer dashboards --push <url> --token-file <file> [--folder <title>] [--folder-uid <uid>]

Lists the dashboards, writes them as files, or pushes them to Grafana. A second run changes nothing.`;

const OPTIONS = {
  out: text('folder', "write the JSON files there, for Grafana's file provisioning"),
  kubernetes: flag('write ConfigMaps for the Grafana sidecar instead (label grafana_dashboard: "1")'),
  push: text('url', 'write them through the HTTP API of the Grafana at this URL'),
  'token-file': text('file', 'file with a service account token of the role Editor'),
  folder: { ...text('title', 'folder in Grafana (Faultlayer)'), default: 'Faultlayer' },
  'folder-uid': { ...text('uid', 'its uid (faultlayer)'), default: 'faultlayer' },
  datasource: text('uid', 'preselect this Prometheus data source in place of the default one'),
  traces: text('uid', 'preselect this Tempo data source'),
  pages: text('url', 'where the collector’s pages are, as a browser reaches them (http://127.0.0.1:9468)'),
  json: flag('print the outcome as JSON'),
} as const;

type Row = { uid: string; title: string; outcome: string; file?: string };

/** Lists, writes or pushes the dashboards. 0 done, 1 Grafana refused or cannot be reached, 2 wrong usage. */
export const run = command({
  name: 'dashboards',
  usage: USAGE,
  options: OPTIONS,
  async run(values) {
    const rows = await act(values);
    const lineOf = (r: Row): string => `${r.outcome.padEnd(9)}  ${r.uid.padEnd(20)}  ${r.file ?? r.title}\n`;
    output(values, rows, () => rows.map(lineOf).join(''));
    return 0;
  },
});

type Values = ValuesOf<typeof OPTIONS>;

async function act(values: Values): Promise<Row[]> {
  if (values.out !== undefined && values.push !== undefined) throw new UsageError('either --out or --push, not both');
  if (values.kubernetes && values.out === undefined) throw new UsageError('--kubernetes needs --out <folder>');
  if (values.kubernetes && (values.datasource ?? values.traces ?? values.pages) !== undefined)
    throw new UsageError('--datasource, --traces and --pages are for JSON files and --push');
  if (values.pages !== undefined && !/^https?:$/.test(URL.parse(values.pages)?.protocol ?? ''))
    throw new UsageError(`--pages needs an http or https URL, not '${values.pages}'`);
  const all = shipped(values);
  if (values.push !== undefined) return push(target(values.push, values), all);
  if (values.out !== undefined) return write(values.out, all, values.kubernetes);
  return all.map(({ uid, title }) => ({ uid, title, outcome: 'shipped' }));
}

const generated = (): string => join(packageFolder(), 'dashboards', 'generated');

function shipped(values: Values): Dashboard[] {
  return readdirSync(generated())
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(generated(), name), 'utf8')) as Dashboard)
    .map((d) =>
      preselect(d, {
        datasource: values.datasource,
        tempo_datasource: values.traces,
        pages: values.pages?.replace(/\/$/, ''),
      }),
    );
}

/** The dashboard with other values of its variables chosen at first; its uid and panels stay as they are. */
function preselect(dashboard: Dashboard, values: Readonly<Record<string, string | undefined>>): Dashboard {
  const list = dashboard.templating?.list?.map((v) => {
    const value = values[v.name];
    if (value === undefined) return v;
    // Grafana starts a text box with its query.
    return { ...v, ...(v.name === 'pages' ? { query: value } : {}), current: { text: value, value } };
  });
  return list === undefined ? dashboard : { ...dashboard, templating: { ...dashboard.templating, list } };
}

function write(folder: string, dashboards: readonly Dashboard[], kubernetes = false): Row[] {
  mkdirSync(folder, { recursive: true });
  return dashboards.map((dashboard) => {
    const { uid, title } = dashboard;
    const json = `${JSON.stringify(dashboard, null, 2)}\n`;
    const text = kubernetes ? configMap(uid, json) : json;
    const file = join(folder, `${uid}.${kubernetes ? 'yaml' : 'json'}`);
    const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    if (before !== text) writeFileSync(file, text);
    return { uid, title, file, outcome: before === undefined ? 'created' : before === text ? 'unchanged' : 'updated' };
  });
}

function target(text: string, values: Values): Target {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new UsageError(`--push needs the http or https URL of Grafana, not '${text}'`);
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') throw new UsageError('no credentials in the URL; use --token-file');
  const file = values['token-file'];
  if (file === undefined) throw new UsageError('--push needs --token-file <file>');
  if (!existsSync(file)) throw new UsageError(`--token-file: no file ${file}`);
  const token = readFileSync(file, 'utf8').trim();
  if (!/^[\x21-\x7e]+$/.test(token)) throw new UsageError(`--token-file: ${file} does not hold one token`);
  if (url.protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname))
    process.stderr.write(`faultlayer dashboards: the token goes to ${url.host} unencrypted; https is safer\n`);
  return { url, token, folderUid: values['folder-uid'], folderTitle: values.folder };
}

async function push(to: Target, all: readonly Dashboard[]): Promise<Row[]> {
  await ensureFolder(to);
  const rows: Row[] = [];
  for (const d of all) rows.push({ uid: d.uid, title: d.title, outcome: await pushDashboard(to, d) });
  return rows;
}
