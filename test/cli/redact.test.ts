import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { faultlayer } from '../support/cli.ts';

const file = join(tmpdir(), `faultlayer-redact-${process.pid}.txt`);
const redact = (input: string, args: readonly string[] = [], env: Record<string, string> = {}) => {
  writeFileSync(file, input);
  return faultlayer(['redact', file, ...args], env);
};

it('prints what is kept line by line, and says why the rest is not, without repeating it', async () => {
  const { code, stdout, stderr } = await redact(
    "https://h.example/v1/charges/ch_3MtwBwLkdIwHu7ix28a3tqPa?token=Winter77\nNo such charge: 'ch_3MtwBwLkdIwHu7ix28a3tqPa', mail ann@orchard.example\nticket 42\n",
    [],
    { FAULTLAYER_REDACT: '=42' },
  );
  expect(stdout.split('\n').slice(0, 3)).toEqual([
    'https://h.example/v1/charges/ch_3MtwBwLkdIwHu7ix28a3tqPa?token=REDACTED',
    "No such charge: 'ch_3MtwBwLkdIwHu7ix28a3tqPa', mail [email]",
    'ticket [secret]',
  ]);
  expect(stderr).toMatch(
    /^line 1: named: token \(credential\), 8 characters\nline 2: looks like: email, 19 characters\n/,
  );
  expect(stdout + stderr).not.toMatch(/Winter77|ann@/);
  expect(code).toBe(1);
});

it('takes a body whole, and headers by name', async () => {
  expect((await redact('{"password":"Winter77","page":2}')).stdout).toBe('{"password":"[secret]","page":2}\n');
  const { stdout } = await redact('Retry-After: 3\nX-Own: Winter77\n', ['--as', 'header']);
  expect(stdout).toMatch(/^Retry-After: 3\nX-Own: \(not shown/);
  expect((await redact('page=2', ['--json'])).code).toBe(0);
  expect((await redact('x', ['--as', 'poem'])).code).toBe(2);
});
