import { expect, it } from 'vitest';
import { faultlayer } from '../support/cli.ts';

const URLS = { grafana: 'https://grafana.example', evidence: 'https://faultlayer.example' };
const given = Object.entries(URLS).flatMap(([name, url]) => [`--${name}`, url]);

it('warns of links that lead to this machine, by their options, and prints the rules all the same', async () => {
  const { code, stdout, stderr } = await faultlayer(['rules', '--alertmanager', 'http://[::1]:9093', ...given]);
  expect(code).toBe(0);
  expect(stderr).toBe('faultlayer rules: links of pages lead to this machine; give their URLs with --alertmanager\n');
  expect(stdout).toContain('alert: ApiErrorSpike');
});

it('names all three without options, and says nothing where all lead elsewhere', async () => {
  expect((await faultlayer(['rules'])).stderr).toContain('--grafana, --evidence, --alertmanager\n');
  const { stdout, stderr } = await faultlayer(['rules', '--alertmanager', 'https://alerts.example', ...given]);
  expect(stderr).toBe('');
  expect(stdout).toContain('https://grafana.example/d/');
  expect(/127[.]0[.]0[.]1|localhost/.exec(stdout)).toBeNull();
});
