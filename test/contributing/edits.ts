/** One file's change: text to put before or after a mark that stands in it once, or a whole new file. */
export type Edit =
  | { readonly after: string; readonly add: string }
  | { readonly replace: string; readonly by: string }
  | { readonly create: string };

/** What a newcomer does who wants one thing, as CONTRIBUTING's row of that name says. */
export interface Change {
  /** By path from the root; each must be named in the row. */
  readonly edits: Readonly<Record<string, Edit>>;
  /** Body of an async function, run at the root of the changed copy after `npm run gen`; returns true when the change works. */
  readonly works: string;
}

/** By the row's first column. */
export const CHANGES: Readonly<Record<string, Change>> = {
  'teach it an API whose errors the generic rules misread': {
    edits: {
      'src/providers/tables.ts': {
        after: 'const TABLES: Readonly<Record<string, Row>> = {',
        add: "\n  probe: { layers: { throttling: 'E_77' } },",
      },
    },
    works: `
      const { layerOfAnswer } = await import('./src/layers/answer.ts');
      return layerOfAnswer(400, { code: 'E_77', failedIn2xx: false }, 'probe') === 'throttling'
        && layerOfAnswer(400, { code: 'E_77', failedIn2xx: false }, 'other') === 'payload';`,
  },
  'name a host': {
    edits: { 'src/providers/data/hosts.json': { after: '{', add: '\n  "probe": ["api.probe.example"],' } },
    works: `
      const { providerName } = await import('./src/providers/index.ts');
      return providerName('api.probe.example', new Map()) === 'probe';`,
  },
  'add a reason': {
    edits: {
      'src/contract/reasons.ts': {
        after: 'export const REASONS = {',
        add: "\n  'tcp.probed': at('tcp', 'the probe said so'),",
      },
      'src/layers/transport.ts': {
        after: 'const BY_CODE = inverse<Reason>({',
        add: "\n  'tcp.probed': 'EPROBE',",
      },
    },
    works: `
      const { classifyTransport } = await import('./src/layers/transport.ts');
      const error = Object.assign(new Error('no'), { code: 'EPROBE' });
      const facts = { phase: 'tcp', error, toProxy: false, timedOut: false, cancelled: false };
      return classifyTransport(facts).reason === 'tcp.probed';`,
  },
  'add a span attribute': {
    edits: {
      'src/contract/attributes.ts': {
        after: 'export const ATTRIBUTES = {',
        add: "\n  'api.probe': flag('always'),",
      },
      'instrumentation/attributes/index.ts': { after: 'a.share(common);', add: "\n  a.set('api.probe', true);" },
    },
    works: `
      const { start } = await import('./instrumentation/index.ts');
      const seen = Promise.withResolvers();
      const engine = start({ env: { OTEL_TRACES_EXPORTER: 'none' }, onSpan: seen.resolve });
      await fetch('http://127.0.0.1:1/').catch(() => {});
      await engine.flush();
      const { attributes } = await seen.promise;
      await engine.stop();
      return attributes['api.probe'] === true;`,
  },
  'add a metric': {
    edits: {
      'src/contract/metrics.ts': {
        replace: '};\n\n/** Key of that table. */',
        by: `  probe: counter('api_client_probe_total', 'Probes.', pair()),
};

/** Key of that table. */`,
      },
      'src/aggregate/families.ts': {
        after: 'const TABLE = {',
        add: '\n  probe: { make: Counter, floor: 2, pool: 3_000 },',
      },
      'src/aggregate/aggregator.ts': {
        after: 'families.calls.inc(call < 0 ? -1 - call : call, weight);',
        add: "\n    families.probe.inc(links.find('probe', ints, at), weight);",
      },
    },
    works: `
      const { Aggregator, Exposition, Observer } = await import('./src/aggregate/index.ts');
      const aggregator = new Aggregator();
      new Observer(aggregator).observe({ 'api.provider.name': 'p', 'api.status.class': '2xx' }, { 'service.name': 's' }, 1);
      const page = Buffer.from(new Exposition(aggregator).render('text')).toString();
      return page.includes('api_client_probe_total{service_name="s",api_provider_name="p"}');`,
  },
  'redact one more thing': {
    edits: { 'src/redact/data/vendor-keys.ts': { after: "  a20: '", add: 'probekey_ ' } },
    works: `
      const { redactText } = await import('./src/redact/index.ts');
      return !redactText('key probekey_abcdefghijklmnopqrst end').includes('probekey_abc');`,
  },
  'change a threshold or a window': {
    edits: { 'alerts/thresholds.ts': { replace: 'clockOffsetSeconds: 30,', by: 'clockOffsetSeconds: 37,' } },
    works: `
      return read('alerts/generated/rules.yml').includes('> 37');`,
  },
  'add an alert': {
    edits: {
      'alerts/rules/probe.ts': {
        create: `import { METRICS } from '../../src/contract/index.ts';
import type { AlertRule } from '../rule.ts';

export const probe = (): AlertRule[] => [
  {
    alert: 'ApiProbe',
    expr: \`sum by (service_name) (\${METRICS.calls.name}) > 1\`,
    severity: 'ticket',
    owner: 'caller',
    summary: '{service}: a probe',
    description: 'The probe of {service} counts calls.',
    page: { about: ['service_name'], dashboard: 'overview' },
  },
];
`,
      },
      'alerts/groups.ts': {
        replace: 'retries, health];',
        by: "retries, health, probe];\nimport { probe } from './rules/probe.ts';",
      },
    },
    works: `
      return read('alerts/generated/rules.yml').includes('alert: ApiProbe');`,
  },
  'move a panel': {
    edits: { 'dashboards/pipeline.ts': { replace: "title: 'Collectors',", by: "title: 'Probes'," } },
    works: `
      return read('dashboards/generated/faultlayer-pipeline.json').includes('"title": "Probes"');`,
  },
  'add an option': {
    edits: {
      'src/config/application.ts': {
        after: "export const APPLICATION = optionsOf('app', {",
        add: `
  probe: flag('probe'),`,
      },
    },
    works: `
      const { loadConfig } = await import('./src/config.ts');
      return loadConfig({ FAULTLAYER_PROBE: '1' }).config.probe === true
        && loadConfig({ FAULTLAYER_PROBE: 'x' }).problems.length === 1
        && read('docs/configuration.md').includes('FAULTLAYER_PROBE');`,
  },
  'add a subcommand': {
    edits: {
      'cli/probe.ts': {
        create: `import { command } from './command.ts';

export const run = command({ name: 'probe', usage: 'usage: faultlayer probe\\n', options: {}, run: () => 42 });
`,
      },
      'cli/commands.ts': {
        after: 'Readonly<Record<string, Command>> = {',
        add: "\n  probe: { summary: 'probe', load: () => import('./probe.ts') },",
      },
    },
    works: `
      const { COMMANDS } = await import('./cli/commands.ts');
      return (await (await COMMANDS.probe.load()).run([])) === 42;`,
  },
  'change a limit of the collector': {
    edits: { 'collector/limits.ts': { replace: 'bodyBytes: 20 * 1024 * 1024,', by: 'bodyBytes: 1000,' } },
    works: `
      const { startCollector } = await import('./collector/index.ts');
      const collector = await startCollector({ otlpPort: 0, otlpGrpcPort: 'off', httpPort: 0, httpToken: 'probe' });
      const post = async (bytes) => (await fetch(collector.otlpUrl + '/v1/traces',
        { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ x: 'x'.repeat(bytes) }) })).status;
      const statuses = [await post(10), await post(2000)];
      await collector.close();
      return String(statuses) === '200,413';`,
  },
};
