import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { LINKS } from '../../alerts/options.ts';
import { selfMetrics } from '../../collector/base/own-metrics.ts';
import { VARIABLE_LABELS } from '../../dashboards/lib/promql.ts';
import { behindText, contrast, LAYER_COLOR } from '../../dashboards/lib/style.ts';
import { Aggregator } from '../../src/aggregate/index.ts';
import { ATTRIBUTES, DASHBOARDS, LAYERS, labelOf, METRICS } from '../../src/contract/index.ts';
import { SELF_METRICS } from '../../src/contract/self-metrics.ts';
import { MODELS, PANELS } from './support/model.ts';

/** The rules of grafana/dashboard-linter (docs/rules) that are not excepted in dashboards/generated/.lint, and our own. */
const targets = PANELS.flatMap(({ name, panel }) => panel.targets.map((target) => ({ name, panel, target })));
const queries = targets.filter(({ target }) => target.expr !== undefined);
interface Variable {
  name: string;
  type: string;
  refresh?: number;
  includeAll?: boolean;
  multi?: boolean;
  allValue?: string;
  datasource?: object;
}
const variables = (model: (typeof MODELS)[number]) => (model['templating'] as { list: Variable[] }).list;

describe.each(MODELS)('$title', (model) => {
  it('has the uid and title of the contract and cannot be edited', () => {
    expect(Object.values(DASHBOARDS).map((d) => [d.uid, `Faultlayer / ${d.title}`])).toContainEqual([
      model.uid,
      model.title,
    ]);
    expect(model.uid.length).toBeLessThanOrEqual(40);
    expect(model['editable']).toBe(false);
    expect(model['tags']).toContain('faultlayer');
  });
  it('chooses its data sources by variables, which reload with the time range and allow all', () => {
    const list = variables(model);
    expect(list[0]).toMatchObject({ name: 'datasource', type: 'datasource', query: 'prometheus' });
    for (const v of list.filter((v) => v.type === 'query'))
      expect(v).toMatchObject({
        refresh: 2,
        includeAll: true,
        multi: true,
        allValue: '.*',
        datasource: { uid: '${datasource}' },
      });
    expect(list.filter((v) => v.type === 'query').map((v) => v.name)).toEqual(Object.keys(VARIABLE_LABELS));
  });
  it('has no panel on or beside another’s place', () => {
    const cells = new Map<string, string>();
    for (const { title, gridPos: g } of model.panels) {
      expect(g.x + g.w, title).toBeLessThanOrEqual(24);
      for (let x = g.x; x < g.x + g.w; x++)
        for (let y = g.y; y < g.y + g.h; y++) {
          expect(cells.get(`${x},${y}`), `${title} covers`).toBeUndefined();
          cells.set(`${x},${y}`, title);
        }
    }
    const height = Math.max(...model.panels.map((p) => p.gridPos.y + p.gridPos.h));
    expect(cells.size, 'the grid is filled').toBe(24 * height);
    expect(new Set(model.panels.map((p) => p.id)).size).toBe(model.panels.length);
    expect(new Set(model.panels.map((p) => p.title)).size, 'titles').toBe(model.panels.length);
  });
  it('leads to the other three with time and selection, and to the pages of evidence', () => {
    const all = model['links'] as { url: string; keepTime: boolean; includeVars: boolean }[];
    expect(all.at(-1)).toMatchObject({ url: '${pages}/failures', targetBlank: true });
    const links = all.slice(0, -1);
    const others = MODELS.filter((m) => m.uid !== model.uid).map((m) => `/d/${m.uid}`);
    expect(links.map((l) => l.url).sort()).toEqual(others.sort());
    for (const link of links) expect(link).toMatchObject({ keepTime: true, includeVars: true });
  });
  it('names no data source, host or service', () => {
    const text = JSON.stringify(model);
    expect(
      [...text.matchAll(/"datasource":\{[^}]*"uid":"([^"]+)"/g)]
        .map((m) => m[1])
        .filter((uid) => !uid!.startsWith('${')),
    ).toEqual([]);
    // But for where the pages are unless somebody says otherwise.
    expect(text.replaceAll(LINKS.evidence, '')).not.toMatch(/https?:\/\//);
  });
});

it.each(PANELS)('$name has title, description, unit, targets and words for no data', ({ panel }) => {
  expect(panel.title).not.toBe('');
  expect(panel.description?.length ?? 0, 'description').toBeGreaterThan(15);
  expect(panel.fieldConfig.defaults.unit, 'unit').toBeTruthy();
  expect(panel.fieldConfig.defaults.noValue, 'no data').toBeTruthy();
  expect(panel.targets.length).toBeGreaterThan(0);
  expect(panel.datasource?.uid).toMatch(/^\$\{(datasource|tempo_datasource)\}$/);
  for (const t of panel.targets) expect(t.datasource).toEqual(panel.datasource);
});

it('uses counters under rate or increase only, over $__rate_interval or $__range', () => {
  for (const { name, target } of queries) {
    for (const [, before] of target.expr!.matchAll(/(\w*\(?)\w+_(?:total|bucket)\b/g))
      expect(before, name).toMatch(/^(rate|increase)\($/);
    for (const [, window] of target.expr!.matchAll(/rate\([^[]*\[([^\]]+)\]/g))
      expect(window, name).toBe('$__rate_interval');
    for (const [, window] of target.expr!.matchAll(/increase\([^[]*\[([^\]]+)\]/g))
      expect(window, name).toBe('$__range');
  }
});

it('matches every variable as a raw string, which keeps hostile values valid', () => {
  for (const { name, target } of queries)
    for (const [, matcher, variable] of target.expr!.matchAll(/(\w+)=~(\S{0,3}\$\{?\w+)/g)) {
      expect(variable, `${name}: ${matcher}`).toMatch(/^`\$\{\w+/);
      expect(target.expr, name).not.toMatch(/"\$\{?[a-z]/);
    }
});

it('uses metrics and labels of the contract and the collector only', async () => {
  const own = await selfMetrics(new Aggregator()).register.getMetricsAsJSON();
  const known = new Map<string, readonly string[]>(Object.values(METRICS).map((m) => [m.name, m.labels]));
  for (const m of [...own, ...Object.values(SELF_METRICS)]) known.set(m.name, []);
  for (const { name, target } of queries) {
    const names = [...target.expr!.matchAll(/\b((?:api_client|faultlayer|process|nodejs)_\w+)/g)].map((m) => m[1]!);
    expect(names.length, name).toBeGreaterThan(0);
    const metrics = names
      .filter((n) => !isLabel(n))
      .map((n) => (known.has(n) ? n : n.replace(/_(bucket|count|sum)$/, '')));
    expect(
      metrics.filter((n) => !known.has(n)),
      name,
    ).toEqual([]);
    for (const [, metric, body] of target.expr!.matchAll(/\b(api_client_\w+)\{([^}]*(?:\$\{[^}]*\}[^}]*)*)\}/g)) {
      const labels = known.get(metric!.replace(/_(bucket|count|sum)$/, ''))!;
      const used = [...body!.matchAll(/(\w+)(?:=~|!~|!=|=)/g)].map((m) => m[1]!);
      expect(
        used.filter((l) => !labels.includes(l)),
        `${name}: ${metric}`,
      ).toEqual([]);
    }
  }
});
const isLabel = (name: string): boolean => Object.keys(ATTRIBUTES).some((a) => labelOf(a) === name);

it('asks for exemplars on durations of failures and of all calls', () => {
  expect(targets.filter(({ target }) => target.exemplar).map(({ name }) => name)).toEqual([
    'provider / Duration',
    'failure / Duration, failed and not',
  ]);
});

it('paints each layer in one colour everywhere', () => {
  expect(new Set(Object.values(LAYER_COLOR)).size).toBe(LAYERS.length);
  for (const { name, panel } of PANELS) {
    for (const o of panel.fieldConfig.overrides as unknown as {
      matcher: { options: string };
      properties: { id: string; value: { fixedColor?: string } }[];
    }[]) {
      const layer = LAYERS.find((l) => [l.name, `/^${l.name}( |$)/`].includes(o.matcher.options));
      const color = o.properties.find((p) => p.id === 'color')?.value.fixedColor;
      const shade = panel.type === 'stat' ? behindText : (same: string) => same;
      if (layer && color) expect(color, `${name}: ${layer.name}`).toBe(shade(LAYER_COLOR[layer.name]));
    }
  }
});

/** As @grafana/ui has it (`getTextColorForAlphaBackground`): dark on what is very bright, else nearly white. */
const textOn = (color: string): string => {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)) as [number, number, number];
  return (r * 299 + g * 587 + b * 114) / 1000 > 180 ? '#202226' : '#F7F8FA';
};
const legible = (one: string, other: string): number => Math.max(contrast(one, other), contrast(other, one));

it('writes on every painted background with a contrast of 4.5, and in every painted text on the dark panel', () => {
  expect(legible(textOn('#FF9830'), '#FF9830'), 'the check can fail').toBeLessThan(4.5);
  const painted = PANELS.flatMap(({ name, panel }) => {
    const { defaults, overrides } = panel.fieldConfig as unknown as {
      defaults: { thresholds?: { steps: { color: string }[] } };
      overrides: { properties: { id: string; value: unknown }[] }[];
    };
    const property = (p: { id: string; value: unknown }[], id: string) => p.find((x) => x.id === id)?.value;
    if (panel.type === 'stat')
      return [
        ...defaults.thresholds!.steps.map((s) => s.color),
        ...overrides.flatMap((o) => (property(o.properties, 'color') as { fixedColor?: string })?.fixedColor ?? []),
      ].map((color) => ({ name, back: color, front: textOn(color) }));
    return overrides.flatMap(({ properties }) => {
      const paint = (property(properties, 'custom.cellOptions') as { type?: string } | undefined)?.type;
      if (paint !== 'color-background' && paint !== 'color-text') return [];
      const steps = (property(properties, 'thresholds') as { steps: { color: string }[] } | undefined)?.steps ?? [];
      const mapped = (property(properties, 'mappings') as { options: Record<string, { color?: string }> }[]) ?? [];
      const colors = [...steps, ...mapped.flatMap((m) => Object.values(m.options))].flatMap((x) => x.color ?? []);
      return colors.map((color) =>
        paint === 'color-background'
          ? { name, back: color, front: textOn(color) }
          : { name, back: '#181B1F', front: color },
      );
    });
  });
  expect(painted.length).toBeGreaterThan(60);
  expect(painted.filter(({ back, front }) => legible(back, front) < 4.5)).toEqual([]);
});

it('opens a failure from a row with everything set, and keeps the time', () => {
  const links = PANELS.flatMap(
    ({ panel }) => JSON.stringify(panel).match(/\/d\/faultlayer-failure\?[^"\\]*(?:\\"[^"\\]*\\"[^"\\]*)*/g) ?? [],
  );
  expect(links.length).toBeGreaterThan(5);
  for (const link of links)
    for (const variable of Object.keys(VARIABLE_LABELS)) expect(link).toContain(`var-${variable}=\${__data.fields[`);
  for (const link of links) expect(link).toContain('${__url_time_range}');
});

it('opens the evidence from a row with everything set', async () => {
  const links = PANELS.flatMap(
    ({ panel }) => JSON.stringify(panel).match(/\$\{pages\}\/failures\?[^,]*?"(?=,)/g) ?? [],
  );
  expect(links.length).toBeGreaterThan(3);
  for (const link of links)
    for (const name of ['Service', 'Provider', 'Layer', 'Code'])
      expect(link).toContain(`${name.toLowerCase()}=\${__data.fields[\\"${name}\\"]:percentencode}`);
});

it('is reached from the pages by the variables it has', () => {
  const folder = join(import.meta.dirname, '../../alerts/generated');
  const text = readdirSync(folder)
    .filter((f) => f.endsWith('.yml') || f.endsWith('.yaml'))
    .map((f) => readFileSync(join(folder, f), 'utf8'))
    .join('\n');
  const links = [...text.matchAll(/\/d\/(faultlayer-\w+)(?:\?|\{\{)(.*)/g)];
  expect(links.length).toBeGreaterThan(3);
  for (const [link, uid, query] of links) {
    expect(MODELS.map((m) => m.uid)).toContain(uid);
    for (const [, name] of query!.matchAll(/var-(\w+)=/g)) expect(Object.keys(VARIABLE_LABELS), link).toContain(name);
  }
  const whole = links.filter(([, uid, query]) => uid === 'faultlayer-failure' && query!.match(/var-/g)!.length === 4);
  expect(whole.length, 'links that set all four').toBeGreaterThan(0);
});

it('carries no words for an absent value along as the value of a variable', () => {
  for (const { name, panel } of PANELS.filter(({ panel }) => panel.type === 'table')) {
    const [first, ...columns] = panel.fieldConfig.overrides as unknown as {
      matcher: { id: string; options: string };
      properties: { id: string; value: unknown }[];
    }[];
    expect([first!.matcher.options, first!.properties], name).toEqual(['string', [{ id: 'noValue', value: '' }]]);
    for (const { matcher, properties } of columns) {
      const property = (id: string) => properties.find((p) => p.id === id)?.value;
      if (!JSON.stringify(property('links') ?? '').includes('/d/')) continue;
      expect(property('noValue') ?? '', `${name}: ${matcher.options}`).toBe('');
      const mapped =
        (property('mappings') as { options: Record<string, { text: string }> }[] | undefined)?.[0]?.options ?? {};
      for (const [value, { text }] of Object.entries(mapped)) expect(text, 'the link takes the text').toBe(value);
    }
  }
});

it('provisions data sources and dashboards that fit together', () => {
  const folder = join(import.meta.dirname, '../../dashboards/provisioning');
  const read = (kind: string) =>
    readdirSync(join(folder, kind)).map((f) => parse(readFileSync(join(folder, kind, f), 'utf8')));
  const [sources] = read('datasources') as [
    { apiVersion: number; datasources: { uid: string; type: string; jsonData: Record<string, unknown> }[] },
  ];
  expect(sources.apiVersion).toBe(1);
  expect(sources.datasources.map((d) => d.type)).toEqual(['prometheus', 'tempo', 'alertmanager']);
  const uids = sources.datasources.map((d) => d.uid);
  expect(sources.datasources[0]!.jsonData['exemplarTraceIdDestinations']).toEqual([
    { name: 'trace_id', datasourceUid: uids[1], urlDisplayLabel: 'Open the trace' },
  ]);
  const [dashboards] = read('dashboards') as [
    { apiVersion: number; providers: { type: string; options: { path: string } }[] },
  ];
  expect(dashboards.apiVersion).toBe(1);
  expect(dashboards.providers.map((p) => [p.type, p.options.path])).toEqual([['file', '$FAULTLAYER_DASHBOARDS']]);
});
