import { readFileSync } from 'node:fs';
import { loadConfig } from '../src/config.ts';
import { type Difference, differencesOf } from '../src/evidence/diff.ts';
import { inert, inertBlock } from '../src/evidence/inert.ts';
import type { FailureRecord } from '../src/evidence/record.ts';
import { BODY_FILE, isRedacted, type RequestTemplate, requestOf, variablesOf } from '../src/evidence/request.ts';
import { redactBody, redactUrl, safeHeaders } from '../src/redact/index.ts';
import { needFailure } from './client.ts';
import { CA, caOf, command, flag, JSON_FLAG, list, output, say, text, UsageError, type ValuesOf } from './command.ts';
import { beforehand, commandOf, type Filled, fill } from './fill.ts';
import { exchange, type Run } from './net/exchange.ts';
import { ms, paint } from './paint.ts';
import { type Change, parseChange } from './replay/change.ts';

const OPTIONS = {
  run: flag('send it and show what came back'),
  confirm: flag('with --run: also methods other than GET and HEAD'),
  'allow-private': flag('with --run: also addresses that are not public'),
  change: list('what=value', 'send it twice, the second time with this one thing changed, and show the difference'),
  shell: text('sh|powershell', 'which shell the printed command is for; sh is also for bash and zsh'),
  resolver: text('address', 'ask this DNS resolver'),
  ca: CA,
  json: JSON_FLAG,
} as const;

const USAGE = `usage: faultlayer replay <id> [options]

Prints the curl of a kept failure, with placeholders for its secrets. With --run, sends it again:
only to origins named in FAULTLAYER_REPLAY_ORIGINS, no redirects, 10 s, 1 MiB, no private addresses;
credentials come from the variables the curl names, never from the record.`;

const EXITS = `--change takes token=NAME (another credential, from the variable NAME), payload=FILE (another body),
version=v2 (another version segment in the path), host=api2.test (its origin must be listed, too).

Exit code: 0 the last run went well (or the curl was printed), 1 it failed or was refused, 2 wrong usage.`;

/** Prints or repeats the call of a kept failure. */
export const run = command({
  name: 'replay',
  usage: USAGE,
  options: OPTIONS,
  exits: EXITS,
  words: [1, 1, 'one failure ID'],
  async run(values, [id = '']) {
    if ((values.change?.length ?? 0) > 1)
      throw new UsageError('change one thing at a time, or the difference tells nothing');
    const { failure } = await needFailure(id, true);
    const kept = requestOf(failure);
    if (kept === undefined) throw new UsageError('the kept call has no HTTP URL');
    const template = values.run ? withBody(kept) : kept;
    const change = values.change && parseChange(values.change[0]!);
    const variants = change === undefined ? [template] : [template, change.apply(template)];
    if (values.run) return send(failure, variants, change, values);
    const shown = variants.at(-1)!;
    const command = commandOf(shown, values.shell);
    output(values, { command, variables: variablesOf(shown) }, () => `${command}\n`);
    for (const note of values.json ? [] : beforehand(failure, shown)) say(note);
    return 0;
  },
});

/** Sends the request, and the changed one where there is one, and shows what came back. */
async function send(
  failure: FailureRecord,
  variants: readonly RequestTemplate[],
  change: Change | undefined,
  values: ValuesOf<typeof OPTIONS>,
): Promise<number> {
  if (variants[0]!.awsSigv4)
    throw new UsageError('an AWS signature cannot be made here; use the curl, which signs by itself');
  const origins = loadConfig(process.env).config.replayOrigins;
  const all = variants.map((variant) => fill(variant, process.env));
  for (const filled of all) refuse(filled, origins, values.confirm === true);
  if (isRedacted(failure.requestBody) && change?.what !== 'payload')
    say('sent with [secret] and the like in the body, for values that were not kept');
  const runs: Run[] = [];
  for (const filled of all) {
    const unset = filled.missing.map((v) => `$${v}`).join(', ');
    if (unset !== '') say(`sent without ${unset}, not set here`);
    const options = {
      allowPrivate: values['allow-private'] === true,
      resolver: values.resolver,
      unixSocket: variants[0]!.unixSocket,
      http2: failure.protocol === '2',
      ...caOf(values.ca),
    };
    runs.push(safe(await exchange({ ...filled, url: new URL(filled.url) }, options)));
  }
  const [first, second] = runs;
  const differences = second && differencesOf(outcome(first!), outcome(second));
  output(values, { runs, differences }, () =>
    [
      ...runs.map((r, i) => runText(r, i === 0 ? 'as recorded' : `with ${change!.what} changed`)),
      ...(differences === undefined ? [] : [differencesText(differences)]),
    ].join('\n'),
  );
  const last = runs.at(-1)!;
  return last.layer === undefined && last.refused === undefined ? 0 : 1;
}

/**
 * Throws where a request must not be sent. A record’s URL was chosen by whoever made the service call it, so the operator names the
 * origins that may be sent to. Addresses are judged later, at the connection itself.
 */
function refuse({ url, method }: Filled, origins: readonly string[], confirmed: boolean): void {
  const { origin } = new URL(url);
  if (!origins.some((text) => URL.parse(text)?.origin === origin))
    throw new UsageError(
      `${origin} is not among FAULTLAYER_REPLAY_ORIGINS; nothing was sent. If you mean it, add it there`,
    );
  if (method !== 'GET' && method !== 'HEAD' && !confirmed)
    throw new UsageError(`${method} may change something at the provider; --confirm sends it all the same`);
}

/** A body that was too long to be kept comes from the file that the curl names, too. */
function withBody(template: RequestTemplate): RequestTemplate {
  if (!template.bodyFromFile) return template;
  const file = process.env[BODY_FILE];
  if (file === undefined)
    throw new UsageError(`only the start of the body was kept; set ${BODY_FILE} to a file with the whole one`);
  const { bodyFromFile: _, ...rest } = template;
  return { ...rest, body: readFileSync(file, 'utf8') };
}

/** A run as it may be printed: what the provider sent back may hold secrets as well. */
function safe(r: Run): Run {
  const headers = safeHeaders(
    r.headers.map(([name, value]) => [name, name === 'location' ? redactUrl(value) : value] as const),
  );
  return {
    ...r,
    headers,
    ...(r.body === undefined ? {} : { body: redactBody(r.body.slice(0, 16_384), 'response') }),
  };
}

const outcome = (r: Run) => ({ ...r, code: r.evidence?.code, message: r.evidence?.message });

const BODY_LINES = 20;

/** One run for people. */
function runText(r: Run, title: string): string {
  if (r.refused !== undefined)
    return `${paint('bold', title)}\n  ${paint('red', '✗')} refused, nothing was sent: ${inert(r.refused)}\n`;
  const good = r.layer === undefined;
  const head =
    r.status === undefined || r.error !== undefined
      ? `${r.reason}: ${inert(r.error ?? '')}`
      : `${r.status}${r.evidence?.code ? ` ${inert(r.evidence.code)}` : ''}`;
  const redirect = r.status !== undefined && r.status >= 300 && r.status < 400;
  const location = r.headers.find(([name]) => name === 'location')?.[1] ?? 'nowhere';
  const facts = [
    ['request ID', r.evidence?.requestId],
    ['Retry-After', r.evidence?.retryAfter === undefined ? undefined : `${r.evidence.retryAfter} s`],
    ['not followed to', redirect ? location : undefined],
  ] as const;
  const mark = good ? paint('green', '✓') : paint('red', '✗');
  const where = `${good ? '' : paint('gray', ` (${r.layer})`)} in ${ms(r.durationMs)}${r.address ? paint('gray', ` from ${inert(r.address)}`) : ''}`;
  const body = r.body ? inertBlock(r.body, 4096).split('\n') : [];
  const more = body.length - BODY_LINES;
  return [
    paint('bold', title),
    `  ${mark} ${head}${where}`,
    ...facts.flatMap(([name, value]) => (value === undefined ? [] : [`    ${paint('gray', name)} ${inert(value)}`])),
    ...body.slice(0, BODY_LINES).map((line) => `    ${line}`),
    ...(more > 0 ? [paint('gray', `    … ${more} more lines`)] : []),
    '',
  ].join('\n');
}

/** What changed, one line before and one after. */
function differencesText(differences: readonly Difference[]): string {
  if (differences.length === 0) return `${paint('bold', 'no difference')}: the change is not what it depends on\n`;
  const lines = differences.flatMap((d) => [
    `  ${d.where}`,
    ...(d.before === undefined ? [] : [paint('red', `    - ${inert(d.before, 200)}`)]),
    ...(d.after === undefined ? [] : [paint('green', `    + ${inert(d.after, 200)}`)]),
  ]);
  return `${paint('bold', 'difference')}\n${lines.join('\n')}\n`;
}
