import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { CollectorContext } from '../../../collector/base/context.ts';
import { elsewhere, STATUS, SUPPORT } from '../../../collector/pages/external-links.ts';
import type { FailureRecord } from '../../../src/evidence/record.ts';
import { failure } from '../../support/failures.ts';

const root = join(import.meta.dirname, '../../..');
const grafanaUrl = 'https://grafana.example.com';
const links = (r: FailureRecord): URL[] => {
  const context = { config: { grafanaUrl, runbooksUrl: 'https://runbooks.example.com' } } as CollectorContext;
  return [...elsewhere(r, context).text.matchAll(/href="([^"]+)"/g)].map(
    ([, href]) => new URL(href!.replaceAll('&amp;', '&')),
  );
};

it('lead to the very kind of failure, and name nothing that is not there', () => {
  const [dashboard, runbook, status, support] = links(failure({ code: 'a&b"c' }));
  expect(dashboard?.href.startsWith(`${grafanaUrl}/d/faultlayer-failure?`)).toBe(true);
  expect(Object.fromEntries(dashboard!.searchParams)).toEqual({
    'var-service_name': 'checkout',
    'var-provider': 'stripe',
    'var-layer': 'auth',
    'var-code': 'a&b"c',
  });
  expect([runbook?.pathname, status?.host, support?.host]).toEqual([
    '/ApiErrorSpike.md',
    'status.stripe.com',
    'support.stripe.com',
  ]);
  expect(links(failure({ provider: 'nobody-knows' }))).toHaveLength(2);
});

it.each([
  { layer: 'throttling', owner: 'load' },
  { layer: 'tls', owner: 'network', reason: 'tls.cert.date_invalid' },
  { layer: 'service', owner: 'provider' },
  { layer: 'auth', owner: 'caller' },
] as const)('%j has a runbook that exists', (members) => {
  const [, runbook] = links(failure(members));
  expect(existsSync(join(root, 'alerts/runbooks', runbook!.pathname))).toBe(true);
});

it('every provider with a page of its own is one that faultlayer names', () => {
  const known = JSON.stringify(JSON.parse(readFileSync(join(root, 'src/providers/data/hosts.json'), 'utf8')));
  expect([...STATUS.keys(), ...SUPPORT.keys()].filter((name) => !known.includes(`"${name}"`))).toEqual([]);
});
