import type { LimitKind } from '../../contract/limits.ts';
import { layerOfWords, wordsOf } from '../../layers/words.ts';

/** What a limited answer says of its limit. */
export interface LimitWords {
  readonly status: number;
  /** Code, subcode, names of quotas and of limits with nothing left: in the vendor's words, joined by anything. */
  readonly codes: readonly (string | undefined)[];
  readonly message: string | undefined;
}

/** The caller's account is out of money, or of what it may spend; a declined card is the cardholder's matter. */
const CREDIT_CODE =
  /insufficient (?:account )?(?:quota|balance|credits?)|credits? (?:limit|balance|exhausted|depleted)|billing (?:hard )?limit|billing not active|(?:out of|no) credits?|payment required|spend(?:ing)? limit|arrearage|overdue/;
const CREDIT_TEXT =
  /\b(?:insufficient|not enough|out of|no more|low|add|purchase) (?:account )?(?:credits?|balance)\b|credit balance|credit limit|billing (?:hard )?limit|plan and billing|spend(?:ing)? (?:limit|cap)/;
const CAPACITY = /overloaded|(?:over|at|no|insufficient|exceed(?:s|ed|ing)?) capacity|capacity (?:exceeded|limit)/;

/** First match wins: the finer the limit, the earlier. */
const KINDS: readonly (readonly [LimitKind, RegExp])[] = [
  ['month', /\bmonth(?:ly)?\b/],
  ['day', /\bdaily\b|\bday\b|\b24 hours\b/],
  ['concurrency', /concurren|simultaneous|too many connections|parallel/],
  ['input_tokens', /\binput tokens\b/],
  ['output_tokens', /\boutput tokens\b/],
  ['tokens', /\btokens\b|\btpm\b/],
  ['requests', /request|\brate\b|ratelimit|throttl|\bcalls?\b|slow ?down|too many|\brpm\b|flow control/],
];
const LIMITED = new Set([402, 420, 429, 529]);

/** The kind of limit that an answer ran into; undefined if it speaks of none. */
export function limitKindOf({ status, codes, message = '' }: LimitWords): LimitKind | undefined {
  const words = codes.map((code) => wordsOf(code ?? ''));
  const code = words.map((of) => of.join(' ')).join('; ');
  const text = message.toLowerCase().replace(/[-_]/g, ' ');
  if (CREDIT_CODE.test(code) || (status >= 400 && status < 500 && CREDIT_TEXT.test(text))) return 'credit';
  const isLimited = LIMITED.has(status) || layerOfWords(words[0] ?? []) === 'throttling';
  if (status === 529 || ((isLimited || status >= 500) && CAPACITY.test(`${code}; ${text}`))) return 'capacity';
  if (!isLimited || status === 402) return undefined;
  return KINDS.find(([, pattern]) => pattern.test(`${code}; ${text}`))?.[0] ?? 'other';
}
