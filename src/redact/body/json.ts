import { CutText, parseTolerant } from '../../tolerant-json.ts';
import { isHiddenUnder, type NameKind, nameKind } from '../named.ts';
import { hidingLabel, isClean, isHiddenOn, isLabel, isLabelled, redactValue, SECRET, type Side } from './value.ts';

const DEPTH_MAX = 32;
/** What is above a value. */
interface Place {
  readonly side: Side;
  readonly depth: number;
  readonly name: string;
  /** What a container above hides of everything in it. */
  readonly within: NameKind;
}

/** A JSON text, whole or cut off; undefined if it is none. */
export function redactJson(text: string, side: Side): string | undefined {
  const whole = parsed(text);
  // Cut short by the capture limit: as much JSON as is there. One value a line is another format.
  if (whole === undefined && (!/^\s*(?:\{\s*"|\[\s*[{["])/.test(text) || parsed(text.split('\n', 1)[0]!) !== undefined))
    return undefined;
  const value = whole ?? parseTolerant(text);
  const safe = JSON.stringify(redactAny(value, { side, depth: 0, name: '', within: 'ordinary' }));
  // Where nothing had to go the text stays as it was sent: blanks, and numbers that no double holds.
  const isSame =
    whole !== undefined && safe === JSON.stringify(value) && namesIn(value) === (text.match(/"\s*:/g) ?? []).length;
  return isSame ? text : safe;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A name that stands twice in the text is one in the value. */
const namesIn = (value: unknown): number =>
  typeof value !== 'object' || value === null
    ? 0
    : Object.values(value).reduce(
        (sum: number, inner) => sum + namesIn(inner),
        Array.isArray(value) ? 0 : Object.keys(value).length,
      );

function redactAny(value: unknown, place: Place): unknown {
  if (place.depth > DEPTH_MAX) return '[dropped: too deep]';
  // Half a secret is not recognised, but still half a secret.
  if (value instanceof CutText) return '[cut]';
  if (typeof value === 'string') return redactString(value, place);
  if (typeof value === 'number') return redactNumber(value, place);
  if (value === null || typeof value !== 'object') return value;
  return Array.isArray(value)
    ? value.map((item) => redactAny(item, { ...place, depth: place.depth + 1 }))
    : redactObject(value, place);
}

function redactObject(object: object, place: Place): object {
  const label = labelOf(object);
  const isSecret = (object as { kind?: unknown }).kind === 'Secret';
  const own = withinOf(place);
  return Object.fromEntries(
    Object.entries(object).map(([key, inner]) => {
      const within = isSecret && key === 'data' ? 'credential' : own;
      const name = label !== undefined && isLabelled(key) ? label : key;
      const safe = redactAny(inner, { side: place.side, depth: place.depth + 1, name, within });
      return [isClean(key) ? key : SECRET, safe];
    }),
  );
}

/** The name that an object's members name, if it hides their values. */
function labelOf(object: object): string | undefined {
  for (const [key, value] of Object.entries(object)) {
    const text: unknown = isLabel(key) ? (Array.isArray(value) ? value.at(-1) : value) : undefined;
    const label = typeof text === 'string' ? hidingLabel(text) : undefined;
    if (label !== undefined) return label;
  }
  return undefined;
}

/** An object under a name that hides hides what is in it: all that a credential's holds, the numbers of a person's. */
function withinOf({ name, within, side }: Place): NameKind {
  const kind = name === '' ? 'ordinary' : nameKind(name);
  if (kind === 'personal') return kind;
  if (kind !== 'credential' && kind !== 'phrase') return within;
  // `errors: { passcodes: […] }` of an answer speaks of fields
  const isList = side === 'response' && within === 'ordinary' && /s$/i.test(name);
  return isList && !/secret|credential|token|cookie|password/i.test(name) ? 'ordinary' : 'credential';
}

function isHidden(text: string, { side, name, within }: Place): boolean {
  if (name !== '' && isHiddenOn(side, name, text)) return true;
  if (within === 'credential')
    return !/^(?:type|kind|brand|status|scheme|provider|algorithm)$/i.test(name) && isHiddenUnder('secret', text);
  return within === 'personal' && /\d{3}/.test(text) && !/^(?:brand|country|type|id)$/i.test(name);
}

/** What an answer says about a field instead of repeating it: `must be 8 characters`. */
const isSentence = (text: string): boolean =>
  /^\S+\s+\S+\s+\S/.test(text) &&
  /\b(?:must|is|are|should|cannot|can't|required|invalid|too|not|least|already|has|have|does|was|please|only|at)\b/i.test(
    text,
  );

function redactString(text: string, place: Place): string {
  if (isHidden(text, place)) {
    if (place.side === 'request' || nameKind(place.name) === 'phrase' || !isSentence(text)) return SECRET;
  } else if (/^\s*[[{]/.test(text)) {
    const json = redactJson(text, place.side);
    if (json !== undefined) return json;
  }
  return redactValue(text, place.name);
}

function redactNumber(value: number, place: Place): unknown {
  const text = String(value);
  // small numbers count or switch something; a card number may come as a number
  if (Math.abs(value) >= 100 && isHidden(text, place)) return SECRET;
  return Math.abs(value) < 1e12 || isClean(text) ? value : redactValue(text, place.name);
}
