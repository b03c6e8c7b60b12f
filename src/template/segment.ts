import { isSecretWord } from '../redact/text.ts';
import { isOpaqueSegment } from '../redact/url.ts';

const ID = '{id}';

/** Things that are addressed by a name people chose, so that even a plain word behind them is a value. */
const NAMED = new Set(
  (
    'users accounts customers teams orgs organizations organisations repos repositories projects posts articles products members groups ' +
    'channels tags topics buckets tenants workspaces companies contacts profiles players authors people persons owners stores shops brands ' +
    'categories domains hosts clusters namespaces databases tables collections indexes models deployments branches categories rooms guilds'
  ).split(' '),
);
/** What stands in an item's place and is none. */
const ROUTES = new Set(
  (
    'me self search new batch bulk count latest export import list query stats statistics status current all default create update delete ' +
    'validate verify upload download preview recent active archived public private own mine health schema metadata lookup resolve login logout ' +
    'token callback'
  ).split(' '),
);
/** Verbs that open a route's name: `by-account`, `batchGet`. */
const VERB =
  /^(?:by|get|list|create|update|delete|set|add|remove|batch|bulk|find|search|send|count|check|sync|with)(?:[-_A-Z]|$)/;

const COLLECTION = /^[a-z][a-z_-]{1,40}s$|^people$/;
const NO_PLURAL = /(?:ss|us|is)$/;
const WORD = /^[A-Za-z][A-Za-z_]*$/;
const VERSION = /^v\d{1,3}(?:[._-]?[a-z\d]{1,8}){0,2}$/i;
const DATE_VERSION = /^20\d\d-\d\d(?:-\d\d)?$/;
/** Stripe's and others' `cus_NffrFeUfNV2Hib`. */
const PREFIXED = /^[a-z]{1,8}[_-][A-Za-z\d]{6,}$/;

const isCollection = (segment: string | undefined): boolean =>
  segment !== undefined && COLLECTION.test(segment) && !NO_PLURAL.test(segment);

/** A value by its own shape, wherever it stands. */
function isValue(segment: string, before: string | undefined): boolean {
  if (segment.length > 40) return true;
  if (VERSION.test(segment)) return false;
  if (DATE_VERSION.test(segment)) return before !== undefined && before !== 'api';
  if (WORD.test(segment)) return segment.length > 12 && isSecretWord(segment);
  if ((PREFIXED.test(segment) && /\d/.test(segment)) || isOpaqueSegment(segment, before)) return true;
  if (/[^\w.~:@!$()*+-]/.test(segment)) return true;
  const digits = segment.replace(/\D/g, '').length;
  return digits * 3 >= segment.length || digits >= 4 || segment.split('-').length > 4;
}

/** A value because a collection stands before it: a slug, or any name where people choose names. */
function isItem(segment: string, before: string): boolean {
  if (ROUTES.has(segment.toLowerCase()) || VERB.test(segment) || VERSION.test(segment)) return false;
  if (NAMED.has(before)) return !isCollection(segment);
  if (WORD.test(segment)) return false;
  return !(isCollection(segment) && segment.split('-').length <= 2);
}

/** One path segment as it stands in a template. Google's `{id}:verb` keeps its verb. */
export function templateSegment(raw: string, before: string | undefined): string {
  const segment = raw.split(';', 1)[0]!;
  if (segment === '') return segment;
  const colon = segment.lastIndexOf(':');
  if (colon > 0 && WORD.test(segment.slice(colon + 1))) {
    const head = templateSegment(segment.slice(0, colon), before);
    return `${head}${segment.slice(colon)}`.length <= 64 && !isOpaqueSegment(segment, before)
      ? `${head}${segment.slice(colon)}`
      : ID;
  }
  if (isValue(segment, before)) return ID;
  return before !== undefined && isCollection(before.toLowerCase()) && isItem(segment, before.toLowerCase())
    ? ID
    : segment;
}
