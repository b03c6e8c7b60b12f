import { remembering } from '../../src/memo.ts';
import { redactPath, redactQuery, redactText, redactUrl } from '../../src/redact/index.ts';
import { attributesOn, nameOn, statusOn } from './sentry.ts';
import type { ForeignSpan } from './types.ts';

/**
 * What other instrumentations write as it came: `url.full` is ours by now, but the path, the query, the attributes of the conventions
 * before 1.23 and the texts of exceptions are not. Only rewritten where something had to go.
 */
const TEXT_CAP = 2048;

/**
 * Every span of an instrumentation has a path and a user agent, and most repeat. Of the 8 µs that a good answer then costs the first saves
 * 3 µs, the second 4 and the third 2.
 */
const path = remembering(redactPath, 2048);
const url = remembering((value) => redactUrl(value), 2048);
const agent = remembering((value) => redactText(value), 64);

const ATTRIBUTES = Object.entries<(value: string) => string>({
  'url.path': path,
  'url.query': redactQuery,
  'url.full': url,
  'http.url': url,
  'http.target': url,
  // Sentry's
  url,
  'http.query': redactQuery,
  // @vercel/otel's
  'resource.name': (value) => (value.includes('://') ? url(value) : value),
  'user_agent.original': agent,
  'http.user_agent': agent,
});
/** Some name their spans after the whole URL. */
const URL_WITHIN = /https?:\/\/\S+/g;
const EXCEPTION = ['exception.message', 'exception.stacktrace'];

/** Every line by itself, because text is cut at 2 KiB and its line breaks are taken out. */
const redactLines = (text: string): string =>
  text
    .split('\n', 64)
    .map((line) => {
      const indent = /^ */.exec(line)![0];
      return indent + redactText(line, TEXT_CAP);
    })
    .join('\n');

/** Takes secrets out of a span somebody else made, before it ends. */
export function redactSpan(span: ForeignSpan): void {
  const attributes = attributesOn(span);
  for (const [name, redact] of ATTRIBUTES) {
    const value = attributes?.[name];
    if (typeof value !== 'string' || value === '') continue;
    const safe = redact(value);
    if (safe !== value) span.setAttributes({ [name]: safe });
  }
  const name = nameOn(span);
  if (name?.includes('://')) {
    const safe = name.replace(URL_WITHIN, url);
    if (safe !== name) span.updateName(safe);
  }
  const status = statusOn(span);
  if (typeof status?.message === 'string' && status.message !== '') {
    const message = redactLines(status.message);
    if (message !== status.message) span.setStatus({ code: status.code, message });
  }
  for (const event of span.events ?? [])
    for (const name of EXCEPTION) {
      const text = event.attributes?.[name];
      if (typeof text === 'string' && event.attributes !== undefined) event.attributes[name] = redactLines(text);
    }
}
