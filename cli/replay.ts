import { readFileSync } from 'node:fs';
import { loadConfig } from '../src/config.ts';
import { differencesOf } from '../src/evidence/diff.ts';
import {
  BODY_FILE,
  isRedacted,
  notesOf,
  type RequestTemplate,
  requestOf,
  variablesOf,
} from '../src/evidence/request.ts';
import { redactBody, redactUrl, safeHeaders } from '../src/redact/index.ts';
import { needFailure } from './client.ts';
import { CA, caOf, command, flag, JSON_FLAG, list, printJson, text, UsageError } from './command.ts';
import { commandOf, type Filled, fill } from './fill.ts';
import { exchange, type Run } from './net/exchange.ts';
import { changed, parseChange } from './replay/change.ts';
import { differencesText, runText } from './replay/print.ts';

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
  positionals: true,
  async run(values, positionals) {
    const [id] = positionals;
    if (id === undefined || positionals.length > 1) throw new UsageError('give one failure ID; --help says more');
    if ((values.change?.length ?? 0) > 1)
      throw new UsageError('change one thing at a time, or the difference tells nothing');
    const { failure } = await needFailure(id, true);
    const kept = requestOf(failure);
    if (kept === undefined) throw new UsageError('the kept call has no HTTP URL');
    const template = values.run ? withBody(kept, process.env) : kept;
    const change =
      values.change?.[0] === undefined
        ? undefined
        : parseChange(values.change[0], (file) => readFileSync(file, 'utf8'));
    const variants = change === undefined ? [template] : [template, changed(template, change)];
    if (!values.run) {
      const command = commandOf(variants.at(-1)!, values.shell);
      const variables = variablesOf(variants.at(-1)!);
      if (values.json) printJson({ command, variables });
      else process.stdout.write(`${command}\n`);
      const set =
        variables.length === 0 ? [] : [`set ${variables.map((v) => `$${v}`).join(', ')} first; no secret is kept`];
      for (const note of values.json ? [] : [...set, ...notesOf(failure, variants.at(-1)!)])
        process.stderr.write(`faultlayer: ${note}\n`);
      return 0;
    }
    if (template.awsSigv4)
      throw new UsageError('an AWS signature cannot be made here; use the curl, which signs by itself');
    const origins = loadConfig(process.env).config.replayOrigins;
    const all = variants.map((variant) => fill(variant, process.env));
    for (const filled of all) {
      const why = refusal(filled, origins, values.confirm === true);
      if (why !== undefined) throw new UsageError(why);
    }
    if (isRedacted(failure.requestBody) && change?.what !== 'payload')
      process.stderr.write('faultlayer: sent with [secret] and the like in the body, for values that were not kept\n');
    const runs: Run[] = [];
    for (const filled of all) {
      if (filled.missing.length > 0)
        process.stderr.write(
          `faultlayer: sent without ${filled.missing.map((v) => `$${v}`).join(', ')}, not set here\n`,
        );
      const options = {
        allowPrivate: values['allow-private'] === true,
        resolver: values.resolver,
        unixSocket: template.unixSocket,
        http2: failure.protocol === '2',
        ...caOf(values.ca),
      };
      runs.push(await exchange({ ...filled, url: new URL(filled.url) }, options));
    }
    const shown = runs.map(safe);
    const differences = shown.length === 2 ? differencesOf(outcome(shown[0]!), outcome(shown[1]!)) : undefined;
    if (values.json) printJson({ runs: shown, ...(differences ? { differences } : {}) });
    else {
      process.stdout.write(
        shown.map((r, i) => runText(r, i === 0 ? 'as recorded' : `with ${change!.what} changed`)).join('\n'),
      );
      if (differences) process.stdout.write(`\n${differencesText(differences)}`);
    }
    const last = runs.at(-1)!;
    return last.layer === undefined && last.refused === undefined ? 0 : 1;
  },
});

/**
 * Why a request must not be sent, or undefined. A record’s URL was chosen by whoever made the service call it, so the operator names the
 * origins that may be sent to. Addresses are judged later, at the connection itself.
 */
function refusal({ url, method }: Filled, origins: readonly string[], confirmed: boolean): string | undefined {
  const { origin } = new URL(url);
  if (!origins.some((text) => URL.canParse(text) && new URL(text).origin === origin))
    return `${origin} is not among FAULTLAYER_REPLAY_ORIGINS; nothing was sent. If you mean it, add it there`;
  if (method !== 'GET' && method !== 'HEAD' && !confirmed)
    return `${method} may change something at the provider; --confirm sends it all the same`;
  return undefined;
}

/** A body that was too long to be kept comes from the file that the curl names, too. */
function withBody(template: RequestTemplate, env: Readonly<Record<string, string | undefined>>): RequestTemplate {
  if (!template.bodyFromFile) return template;
  const file = env[BODY_FILE];
  if (file === undefined)
    throw new UsageError(`only the start of the body was kept; set ${BODY_FILE} to a file with the whole one`);
  const { bodyFromFile: _, ...rest } = template;
  return { ...rest, body: readFileSync(file, 'utf8') };
}

/** A run as it may be printed: what the provider sent back may hold secrets as well. */
export function safe(r: Run): Run {
  const headers = safeHeaders(
    r.headers.map(([name, value]) => [name, name === 'location' ? redactUrl(value) : value] as const),
  );
  return {
    ...r,
    headers,
    ...(r.body === undefined ? {} : { body: redactBody(r.body.slice(0, 16_384), 'response') }),
  };
}

const outcome = (r: Run) => ({
  status: r.status,
  layer: r.layer,
  reason: r.reason,
  code: r.evidence?.code,
  message: r.evidence?.message,
  headers: r.headers,
  body: r.body,
});
