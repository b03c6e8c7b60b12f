import type { Provider } from '../../providers/provider.ts';
import type { Evidence } from '../base/types.ts';
import { bodyOf } from '../parse/body.ts';
import { idOf, looksLikeId } from '../read/request-id.ts';
import { BodyFacts } from './body-facts.ts';

/** A body that was read, or one that repeats an earlier one but for the request ID. */
export class ReadBody {
  readonly facts: BodyFacts;
  /** It was recognised. */
  readonly repeats: boolean;
  /** The request ID in the body that was read, and what stands in its place here; empty where there is none. */
  private readonly was: string;
  private readonly now: string;
  /** Reads the body all the same. */
  private readonly anew: () => BodyFacts;

  constructor(facts: BodyFacts, repeats = false, was = '', now = '', anew = () => facts) {
    this.facts = facts;
    this.repeats = repeats;
    this.was = was;
    this.now = now;
    this.anew = anew;
  }

  ownId(provider: Provider | undefined): string | undefined {
    return this.asked((facts) => facts.ownId(provider));
  }
  id(code: string | undefined): string | undefined {
    return this.asked((facts) => facts.id(code));
  }

  private asked(ask: (facts: BodyFacts) => string | undefined): string | undefined {
    const id = ask(this.facts);
    if (id === undefined || id !== this.was || this.now === this.was) return id;
    return idOf(this.now) ?? ask(this.anew());
  }
}

interface Known {
  readonly contentType: string | undefined;
  /** The text up to its request ID, the ID, and what stands behind it; all of the text is `before` where there is none. */
  readonly before: string;
  readonly id: string;
  readonly after: string;
  readonly facts: BodyFacts;
}

/** A power of two. With the longest texts half a megabyte. */
const SLOTS = 64;
const LONGEST = 2048;
const slots: (Known | undefined)[] = new Array(SLOTS).fill(undefined);

/** By what the request ID is no part of. */
const slotOf = (text: string): number => (text.length * 31 + text.charCodeAt(2)) & (SLOTS - 1);

function recalled(text: string, contentType: string | undefined): ReadBody | undefined {
  const known = slots[slotOf(text)];
  if (known === undefined || known.contentType !== contentType) return undefined;
  const { before, id, after, facts } = known;
  if (text.length !== before.length + id.length + after.length) return undefined;
  // quicker than `startsWith` and `endsWith`, which compare character by character
  if (text.slice(0, before.length) !== before || text.slice(text.length - after.length) !== after) return undefined;
  const now = text.slice(before.length, text.length - after.length);
  // whether it is a secret is looked at only if it is asked for: most answers have their ID in a header as well
  if (now !== id && !looksLikeId(now)) return undefined;
  return new ReadBody(facts, true, id, now, () => new BodyFacts(bodyOf(text, contentType)));
}

/**
 * Reads a body, or recognises it: failures of one endpoint repeat each other to the letter, but for the request ID, and to parse and search
 * them all is most of what a failing call costs (7 of 25 µs saved). A value that was the request ID is the request ID again where all else is the same.
 */
export function readBody(text: string | undefined, contentType: string | undefined): ReadBody {
  const repeated = text === undefined ? undefined : recalled(text, contentType);
  return repeated ?? new ReadBody(new BodyFacts(bodyOf(text, contentType)));
}

/** Where the ID stands as a whole value of JSON or XML, and nowhere else; -1 if it does not. */
function placeOf(id: string, text: string): number {
  const at = text.indexOf(id);
  if (at < 1 || text.includes(id, at + 1)) return -1;
  const [open, close] = [text[at - 1], text[at + id.length]];
  return (open === '"' && close === '"') || (open === '>' && close === '<') ? at : -1;
}

/** Keeps what a failing body said for those that repeat it. */
export function remember(
  text: string | undefined,
  contentType: string | undefined,
  { facts }: ReadBody,
  provider: Provider | undefined,
  { code, subcode }: Pick<Evidence, 'code' | 'subcode'>,
): void {
  if (text === undefined || text === '' || text.length > LONGEST) return;
  const slot = slotOf(text);
  const id = facts.ownId(provider) ?? facts.id(code) ?? '';
  // what else the ID was taken for would be said of the next answer as well
  const isOnlyId = id !== '' && ![code, subcode, facts.message(code)].some((said) => said?.includes(id));
  const at = isOnlyId ? placeOf(id, text) : -1;
  slots[slot] =
    at < 0
      ? { contentType, before: text, id: '', after: '', facts }
      : { contentType, before: text.slice(0, at), id, after: text.slice(at + id.length), facts };
}
