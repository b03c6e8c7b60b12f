import { expect, it } from 'vitest';
import { faultlayer } from '../support/cli.ts';

it('takes every variable of the collector as an option, but no secret', async () => {
  const { stdout, code } = await faultlayer(['collector', '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('--otlp-port');
  expect(stdout).toContain('--memory-limit');
  expect(stdout).not.toMatch(/--(?:http|otlp)-token(?!-file)|--forward-headers/);
});

it('names the variable of an option that cannot be used', async () => {
  const { stderr, code } = await faultlayer(['collector', '--otlp-port', 'banana']);
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining("FAULTLAYER_OTLP_PORT must be a whole number from 0 to 65535, not 'banana'"),
  ]);
});
