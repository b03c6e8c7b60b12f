import type { LimitKind } from '../../contract/limits.ts';
import { layerOfWords, wordsOf } from '../../layers/code-words.ts';
import { remembering } from '../../memo.ts';

/** The caller's account is out of money, or of what it may spend; a declined card is the cardholder's matter. */
const CREDIT_CODE =
  /insufficient (?:account )?(?:quota|balance|credits?)|credits? (?:limit|balance|exhausted|depleted)|billing (?:hard )?limit|billing not active|(?:out of|no) credits?|payment required|spend(?:ing)? limit|arrearage|overdue/;
const CREDIT_TEXT =
  /\b(?:insufficient|not enough|out of|no more|low|add|purchase) (?:account )?(?:credits?|balance)\b|credit balance|credit limit|billing (?:hard )?limit|plan and billing|spend(?:ing)? (?:limit|cap)/;
const CAPACITY =
  /overloaded|(?:over|at|no|insufficient|exceed(?:s|ed|ing)?) capacity|capacity (?:\w+ )?(?:exceeded|limit)/;

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
/** A 403 that says so is one of them. */
const EXCEEDED =
  /\bexceed\w{0,4}\b.{0,80}\b(?:quota|rate|calls)\b|\b(?:quota|rate limit)\b.{0,80}\b(?:exceeded|reached|exhausted)\b/i;

/** Codes are few and come again: saves 6 µs of the 27 that a failing call costs. */
const spelledOut = remembering((code) => {
  const words = wordsOf(code);
  const text = words.join(' ');
  return { text, isCredit: CREDIT_CODE.test(text), isThrottling: layerOfWords(words) === 'throttling' };
}, 512);

/**
 * The kind of limit that an answer ran into; undefined if it speaks of none.
 * @param codes code, subcode, names of quotas and of limits with nothing left: in the vendor's words, joined by anything
 */
export function limitKindOf(
  status: number,
  codes: readonly (string | undefined)[],
  message = '',
): LimitKind | undefined {
  const spelled = codes.flatMap((code) => (code === undefined ? [] : [spelledOut(code)]));
  const isThrottling = codes[0] !== undefined && spelled[0]!.isThrottling;
  const isLimited = LIMITED.has(status) || isThrottling || (status === 403 && EXCEEDED.test(message));
  if (spelled.some(({ isCredit }) => isCredit)) return 'credit';
  if (!isLimited && status !== 400 && status !== 403 && status < 500) return undefined;
  const text = message.toLowerCase().replace(/[-_]/g, ' ');
  if (status >= 400 && status < 500 && CREDIT_TEXT.test(text)) return 'credit';
  if (status === 402) return undefined;
  const all = `${spelled.map((code) => code.text).join('; ')}; ${text}`;
  if (status === 529 || ((isLimited || status >= 500) && CAPACITY.test(all))) return 'capacity';
  return isLimited ? (KINDS.find(([, pattern]) => pattern.test(all))?.[0] ?? 'other') : undefined;
}
