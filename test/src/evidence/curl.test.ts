import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { curlOf } from '../../../src/evidence/curl.ts';
import { wellFormed } from '../../../src/evidence/inert.ts';
import { notesOf, type RequestTemplate, requestOf } from '../../../src/evidence/request.ts';
import { quote, variableName } from '../../../src/evidence/shell.ts';
import { failure } from '../../support/failures.ts';

const folder = mkdtempSync(join(tmpdir(), 'faultlayer-curl-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// A stub curl that writes its arguments, NUL-separated, and its input, one file per run.
const bin = join(folder, 'bin');
execFileSync('mkdir', ['-p', bin, join(folder, 'runs'), join(folder, 'cwd')]);
writeFileSync(
  join(bin, 'curl'),
  `#!/bin/sh\nf=$RUNS/run.$$\nprintf '%s\\0' "$@" > "$f.args"\ncase " $* " in *" @- "*) cat > "$f.stdin";; esac\n`,
);
chmodSync(join(bin, 'curl'), 0o755);

interface Run {
  readonly args: string[];
  readonly stdin?: Buffer;
}

/** Pastes a command into a shell (as its standard input, the way a terminal would) and returns every curl it ran. */
function paste(shell: readonly [string, ...string[]], command: string, env: Record<string, string> = {}): Run[] {
  const runs = join(folder, 'runs');
  rmSync(runs, { recursive: true, force: true });
  execFileSync('mkdir', [runs]);
  const result = spawnSync(shell[0], shell.slice(1), {
    input: `${command}\n`,
    cwd: join(folder, 'cwd'),
    env: { PATH: `${bin}:/usr/bin:/bin`, RUNS: runs, LC_ALL: 'C.UTF-8', HISTFILE: '/dev/null', ...env },
    timeout: 20_000,
  });
  expect(result.error).toBeUndefined();
  const created = readdirSync(join(folder, 'cwd'));
  expect(created).toEqual([]);
  return readdirSync(runs)
    .filter((name) => name.endsWith('.args'))
    .map((name) => {
      const stdin = join(runs, name.replace('.args', '.stdin'));
      const args = readFileSync(join(runs, name), 'utf8').split('\0').slice(0, -1);
      return { args, ...(existsSync(stdin) ? { stdin: readFileSync(stdin) } : {}) };
    });
}

const available = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0;
const SHELLS = (
  [
    ['sh', '-s'],
    ['bash', '--norc', '--noprofile', '-s'],
    // Interactive: history expansion is on, `!` would be special outside single quotes.
    ['bash', '--norc', '--noprofile', '-i'],
    ['zsh', '-f', '-s'],
  ] as [string, ...string[]][]
).filter(([name]) => {
  const there = available(name);
  if (!there) console.info(`curl text: ${name} is not installed here; not tried in it`);
  return there;
});

const valueAfter = (args: string[], option: string): string[] =>
  args.flatMap((arg, i) => (arg === option ? [args[i + 1]!] : []));

/** What must arrive, whichever shell it was pasted into. */
function expectExactly(run: Run, t: RequestTemplate, fill: (name: string) => string): void {
  const text = (parts: RequestTemplate['url']): string =>
    parts.map((part) => (typeof part === 'string' ? part : fill(part.variable))).join('');
  expect(valueAfter(run.args, '--url')).toEqual([text(t.url)]);
  const sent = valueAfter(run.args, '--header');
  for (const [i, [name, value]] of t.headers.entries()) {
    if (value.length > 0) expect(sent[i]).toBe(wellFormed(`${name}: ${text(value)}`));
  }
  const body = run.stdin ?? Buffer.from(valueAfter(run.args, '--data-raw')[0] ?? '');
  expect(body.equals(Buffer.from(wellFormed(t.body ?? '')))).toBe(true);
  const method = run.args.includes('--head') ? 'HEAD' : valueAfter(run.args, '--request')[0];
  expect(method).toBe(t.method);
}

const nasty = fc.constantFrom(
  "'",
  '"',
  '`',
  '$(touch pwned)',
  '${IFS}',
  '`touch pwned`',
  '!',
  '!!',
  '!-1',
  '\n',
  '\r',
  '\0',
  '\t',
  '\\',
  '\\\n',
  '\u001b[201~',
  '-',
  '--config',
  '@/etc/passwd',
  '@-',
  '; touch pwned',
  '&& touch pwned',
  '| touch pwned',
  '> pwned',
  '#',
  '*',
  '?',
  '[a-z]',
  '{1,2}',
  '~',
  '=',
  '%00',
  'é',
  '日',
  '\ud800',
  "'\\''",
  '<(touch pwned)',
  '\u0085',
  '\u202e',
);
const hostile = fc
  .array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 8 })
  .map((pieces) => pieces.join(''));

describe.each(SHELLS.map((command) => ({ command, name: command.join(' ') })))(
  'curl text pasted into $name',
  ({ command }) => {
    it('runs exactly one curl with the same bytes, whatever the record holds', () => {
      fc.assert(
        fc.property(
          hostile,
          hostile,
          hostile,
          fc.option(hostile),
          fc.constantFrom('GET', 'POST', 'HEAD', '-K'),
          (path, query, value, body, method) => {
            const record = failure({
              method,
              url: `https://api.test/${path}?q=${query}&api_key=REDACTED`,
              authScheme: 'bearer',
              headers: [
                ['x-custom', value],
                ['accept', 'application/json'],
              ],
              ...(body === null ? {} : { requestBody: body }),
            });
            const template = requestOf(record);
            if (template === undefined) return;
            const { command: text, variables } = curlOf(template);
            const env = Object.fromEntries(variables.map((name) => [name, `live $(touch pwned) '${name}'`]));
            const runs = paste(command, text, env);
            expect(runs).toHaveLength(1);
            expectExactly(runs[0]!, template, (name) => env[name]!);
          },
        ),
        { numRuns: 60, seed: 20_260_101 },
      );
    });
  },
);

describe('curl text', () => {
  it('holds placeholders where the secrets were', () => {
    const { command, variables } = curlOf(
      requestOf(
        failure({
          method: 'POST',
          url: 'https://REDACTED:REDACTED@api.test/v1/things?api_key=REDACTED&page=2',
          requestBody: '{"a":1}',
          headers: [['x-signature', 'REDACTED']],
          idempotent: true,
        }),
      )!,
    );
    expect(variables).toEqual(['API_KEY', 'X_SIGNATURE', 'IDEMPOTENCY_KEY', 'API_USER', 'API_PASSWORD']);
    expect(command).toContain(`--url 'https://api.test/v1/things?api_key='"$API_KEY"'&page=2'`);
    expect(command).toContain(`--user "$API_USER"':'"$API_PASSWORD"`);
    expect(command).toContain(`--header 'content-type: application/json'`);
    expect(command).not.toContain('REDACTED');
  });

  it('fills a recorded key header, and adds no second one beside it', () => {
    const { command, variables } = curlOf(
      requestOf(
        failure({
          authScheme: 'api-key',
          idempotent: true,
          headers: [
            ['x-goog-api-key', 'REDACTED'],
            ['paypal-request-id', 'REDACTED'],
          ],
        }),
      )!,
    );
    expect(variables).toEqual(['API_KEY', 'PAYPAL_REQUEST_ID']);
    expect(command).toContain(`--header 'x-goog-api-key: '"$API_KEY"`);
    expect(command).not.toMatch(/header '(?:x-api-key|idempotency-key)/);
  });

  it('says what a copy lacks', () => {
    const of = (members: Parameters<typeof failure>[0]) => {
      const record = failure({ method: 'POST', ...members });
      return notesOf(record, requestOf(record)!);
    };
    expect(of({})).toEqual([expect.stringContaining('FAULTLAYER_CAPTURE_BODIES')]);
    expect(of({ method: 'GET' })).toEqual([]);
    expect(of({ requestBody: '{"a":1}' })).toEqual([]);
    expect(of({ requestBody: '{"password":"[secret]"}' })).toEqual([expect.stringContaining('[secret]')]);
    expect(of({ requestBody: '{"a":1}', requestBodyCut: true })).toEqual([expect.stringContaining('$BODY_FILE')]);
    expect(of({ requestBody: '{}', headers: [['idempotency-key', 'REDACTED']] })).toEqual([
      expect.stringContaining('new idempotency key'),
    ]);
  });

  it('signs AWS requests with curl’s own signer', () => {
    const { command } = curlOf(
      requestOf(failure({ url: 'https://s3.eu-west-1.amazonaws.com/b', authScheme: 'aws4-hmac-sha256' }))!,
    );
    expect(command).toContain("--aws-sigv4 'aws:amz'");
    expect(command).toContain('"$AWS_SECRET_ACCESS_KEY"');
  });

  it('is not offered for what is no HTTP URL', () => {
    for (const url of ['', 'file:///etc/passwd', 'javascript:alert(1)', 'not a url', 'gopher://h/'])
      expect(requestOf(failure({ url }))).toBeUndefined();
  });

  it('drops header names that are no token and values with line breaks', () => {
    const { command } = curlOf(
      requestOf(
        failure({
          headers: [
            ['@etc', 'ok'],
            ['bad name', 'x'],
            ['a', 'b\r\nevil: 1'],
            ['ok', 'yes'],
          ],
        }),
      )!,
    );
    expect(command).toContain('--header');
    expect(command).not.toContain('evil');
    expect(command).not.toContain('bad name');
  });

  it('makes valid variable names and plain quotes', () => {
    for (const text of ['PATH', '1x', '', 'a b', '€', 'x'.repeat(99)])
      expect(variableName(text)).toMatch(/^[A-Z_][A-Z0-9_]{0,60}$/);
    expect(variableName('PATH')).not.toBe('PATH');
    expect(quote("it's")).toBe("'it'\\''s'");
  });
});
