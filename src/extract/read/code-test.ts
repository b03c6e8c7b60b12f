import { isUuid, looksRandom } from '../../redact/identifiers.ts';
import { isSecretWord } from '../../redact/text.ts';

/** Longest code recorded. */
export const MAX_CODE = 128;

/** IANA HTTP status registry: the reason phrases of answers that failed, letters only. */
const PHRASES = new Set(
  (
    'badrequest unauthorized paymentrequired forbidden notfound methodnotallowed notacceptable proxyauthenticationrequired requesttimeout conflict ' +
    'gone lengthrequired preconditionfailed contenttoolarge payloadtoolarge requestentitytoolarge uritoolong requesturitoolong ' +
    'unsupportedmediatype rangenotsatisfiable expectationfailed misdirectedrequest unprocessablecontent unprocessableentity locked ' +
    'faileddependency upgraderequired preconditionrequired toomanyrequests requestheaderfieldstoolarge unavailableforlegalreasons ' +
    'internalservererror internalerror notimplemented badgateway serviceunavailable gatewaytimeout httpversionnotsupported ' +
    'insufficientstorage networkauthenticationrequired'
  ).split(' '),
);

/** Words that stand where a code could, and say only that something failed, or whose fault it is. */
const CONSTANTS = new Set(
  (
    'error errors err fail failed failure ok okay success successful succeeded true false unknown na n/a none null nil undefined object string ' +
    'array exception error.list about:blank sender receiver user client server invalid_response yes no on off default status message base'
  ).split(' '),
);

/** Is this the reason phrase of a status (`Not Found`, `Unauthorized`), as opposed to a token made of it (`NOT_FOUND`)? */
export function isReasonPhrase(text: string): boolean {
  if (text.length > 40 || text.includes('_') || (text.length > 6 && text === text.toUpperCase() && text.includes('.')))
    return false;
  if (!PHRASES.has(text.toLowerCase().replace(/[ -]/g, ''))) return false;
  return text.includes(' ') || text.includes('-') || /^[A-Z]?[a-z]+$/.test(text);
}

const TOKEN = /^[-\w$][\w$.\-:/#@]*$/;
/** SAP message classes: `/IWBEP/CM_MGW_RT/021`. */
const NAMESPACED = /^\/[A-Z\d_]+(?:\/[A-Z\d_]+)+$/;
const DATE = /^\d{4}-\d\d-\d\d/;
const ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?$/;

const isStatus = (n: number, status: number): boolean =>
  n === status || (status < 400 && n >= 400 && n <= 599) || (status >= 200 && status < 300 && n === 200);

/** Is this word no code, whatever its place says: a secret, or an identifier? */
export function isSecret(word: string): boolean {
  return (
    isUuid(word) ||
    looksRandom(word) ||
    ((word.length > 16 || /[@\d-]/.test(word)) && isSecretWord(word)) ||
    /^[A-Za-z\d+/]{40,}={1,2}$/.test(word)
  );
}

export interface CodeTest {
  /** Status of the answer; a value that repeats it says nothing. */
  readonly status: number;
  /** The key calls itself a code, so a word such as `Conflict` is one. */
  readonly named?: boolean;
  /** The value lies under a status-like key: every number that could be an HTTP status is one. */
  readonly statusKey?: boolean;
}

/** The value as a code, or undefined: neither a status, a sentence, a constant, a date, an address nor a secret. */
export function codeOf(value: unknown, test: CodeTest): string | undefined {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || value === 0 || Math.abs(value) >= 1e10 || isStatus(value, test.status))
      return undefined;
    return test.statusKey && value >= 100 && value <= 599 ? undefined : String(value);
  }
  if (typeof value !== 'string' || value.length > MAX_CODE) return undefined;
  if (!TOKEN.test(value) && !NAMESPACED.test(value)) return undefined;
  if (/^-?\d+$/.test(value)) {
    if (value === '0' || value.length > 10 || isStatus(Number(value), test.status)) return undefined;
    return test.statusKey && value.length === 3 && /^[1-5]/.test(value) ? undefined : value;
  }
  if (!/[A-Za-z\d]/.test(value) || CONSTANTS.has(value.toLowerCase())) return undefined;
  if (!test.named && isReasonPhrase(value)) return undefined;
  if (DATE.test(value) || ADDRESS.test(value) || value.includes('://') || isSecret(value)) return undefined;
  return value;
}

/** Three words and more are prose, and so is what ends like a sentence. */
export function phraseOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length === 0 || value.length > 64) return undefined;
  if (!/^[A-Za-z][\w' -]*$/.test(value) || value.split(' ').length > 4 || isReasonPhrase(value)) return undefined;
  if (CONSTANTS.has(value.toLowerCase()) || value.split(' ').some(isSecret)) return undefined;
  return value;
}

export const isScreaming = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= MAX_CODE && /^[A-Z][A-Z\d]*(?:_[A-Z\d]+)+$/.test(value);
