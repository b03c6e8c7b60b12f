import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { alertsOf, rulesFor } from '../../alerts/groups.ts';

const folder = join(import.meta.dirname, '../../alerts/runbooks');
const alerts = alertsOf(rulesFor());

it('has one runbook per alert, named after it, with what it means, when it fires, where to look and what to do', () => {
  expect(readdirSync(folder).toSorted()).toEqual(alerts.map((a) => `${a.alert}.md`).toSorted());
  for (const { alert, annotations } of alerts) {
    const text = readFileSync(join(folder, `${alert}.md`), 'utf8');
    expect(text.startsWith(`# ${alert}\n\n`)).toBe(true);
    // The picture stands above the first heading, and says when.
    expect(/```\n([\s\S]+?)```\n[\s\S]*## Look/.exec(text)?.[1], alert).toMatch(/fires|quiet|tells/);
    for (const heading of ['## Look', '## Do', '## Tune']) expect(text).toContain(`\n${heading}\n\n`);
    expect(annotations['runbook_url']!.endsWith(`/${alert}.md`)).toBe(true);
  }
});

it('gives every alert a severity, an owner, a summary and a description', () => {
  for (const { labels, annotations } of alerts) {
    expect(labels['severity']).toMatch(/^(page|ticket|none)$/);
    for (const text of [labels['owner'], annotations['summary'], annotations['description']])
      expect(text?.length).toBeGreaterThan(0);
  }
});
