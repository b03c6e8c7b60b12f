import { expect, it } from 'vitest';
import { OPTIONS, type Option } from '../../src/config.ts';
import { faultlayer } from '../support/cli.ts';

const config = (env: Record<string, string>, ...args: string[]) => faultlayer(['config', ...args], env);

it('shows that a secret is set, never its value (D10)', async () => {
  const secrets = (Object.values(OPTIONS) as Option[]).filter((o) => o.secret);
  expect(secrets.length).toBeGreaterThan(2);
  const env = Object.fromEntries(secrets.map((o) => [o.env, `name=canary-${o.env}`]));
  for (const args of [[], ['--json']]) {
    const ran = await config(env, ...args);
    expect(ran.code).toBe(0);
    expect(ran.stdout + ran.stderr).not.toContain('canary');
    expect(ran.stdout.match(/\[set\]/g)).toHaveLength(secrets.length);
  }
});

it('prints every option with its value as JSON', async () => {
  const ran = await config({ FAULTLAYER_OTLP_PORT: '5000', FAULTLAYER_PROVIDERS: '.corp.test=billing' }, '--json');
  const rows = JSON.parse(ran.stdout) as { env: string; value?: unknown; from: string }[];
  expect(rows.map((r) => r.env)).toEqual(Object.values(OPTIONS).map((o) => o.env));
  expect(rows.find((r) => r.env === 'FAULTLAYER_OTLP_PORT')).toMatchObject({ value: 5000, from: 'environment' });
  expect(JSON.stringify(rows.find((r) => r.env === 'FAULTLAYER_PROVIDERS'))).toContain('billing');
});

it('names a wrong value and an unknown variable in a sentence each', async () => {
  const ran = await config({ FAULTLAYER_OTLP_PORT: 'many', FAULTLAYER_OTLP_PROT: '1' });
  expect(ran.code).toBe(2);
  expect(ran.stderr).toBe(
    "faultlayer: FAULTLAYER_OTLP_PORT must be a whole number from 0 to 65535, not 'many'\n" +
      "faultlayer: FAULTLAYER_OTLP_PROT is not known; did you mean 'FAULTLAYER_OTLP_PORT'?\n",
  );
});
