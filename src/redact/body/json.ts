import { CutText, parseTolerant } from '../../tolerant-json.ts';
import { isHiddenUnder, isVersion } from '../named.ts';

import { type NameKind, nameKind } from '../names.ts';
import { isLabelled, labelOf } from './label.ts';
import { isSameJson } from './same-json.ts';
import { isHiddenOn, type Side } from './side.ts';
import { isClean, isSentence, redactWord } from './word.ts';

const DEPTH_MAX = 32;
const SECRET = '[secret]';
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
  let value: unknown;
  let isWhole = true;
  try {
    value = JSON.parse(text);
  } catch {
    // Cut short by the capture limit: as much JSON as is there. One value a line is another format.
    if (!/^\s*(?:\{\s*"|\[\s*[{["])/.test(text) || isWholeLine(text)) return undefined;
    value = parseTolerant(text);
    isWhole = false;
  }
  const safe = redactValue(value, { side, depth: 0, name: '', within: 'ordinary' });
  // Where nothing had to go the text stays as it was sent: blanks, and numbers that no double holds.
  return isWhole && safe === value && isSameJson(text, value) ? text : JSON.stringify(safe);
}

function isWholeLine(text: string): boolean {
  const end = text.indexOf('\n');
  if (end < 0 || text.slice(end).trim() === '') return false;
  try {
    JSON.parse(text.slice(0, end));
    return true;
  } catch {
    return false;
  }
}

/** The same value where nothing had to go. */
function redactValue(value: unknown, place: Place): unknown {
  if (place.depth > DEPTH_MAX) return '[dropped: too deep]';
  // Half a secret is not recognised, but still half a secret.
  if (value instanceof CutText) return '[cut]';
  if (typeof value === 'string') return redactString(value, place);
  if (typeof value === 'number') return redactNumber(value, place);
  if (value === null || typeof value !== 'object') return value;
  return Array.isArray(value) ? redactList(value, place) : redactObject(value, place);
}

function redactList(list: readonly unknown[], place: Place): readonly unknown[] {
  let isChanged = false;
  const safe = list.map((item) => {
    const inner = redactValue(item, { ...place, depth: place.depth + 1 });
    isChanged ||= inner !== item;
    return inner;
  });
  return isChanged ? safe : list;
}

function redactObject(object: object, place: Place): object {
  const label = labelOf(object);
  const isSecret = (object as { kind?: unknown }).kind === 'Secret';
  const own = withinOf(place);
  let isChanged = false;
  const entries = Object.entries(object).map(([key, inner]) => {
    const within = isSecret && key === 'data' ? 'credential' : own;
    const name = label !== undefined && isLabelled(key) ? label : key;
    const safe = redactValue(inner, { side: place.side, depth: place.depth + 1, name, within });
    const safeKey = isClean(key) ? key : SECRET;
    isChanged ||= safe !== inner || safeKey !== key;
    return [safeKey, safe] as const;
  });
  return isChanged ? Object.fromEntries(entries) : object;
}

/** An object under a name that hides hides what is in it: all that a credential's holds, the numbers of a person's. */
function withinOf({ name, within, side }: Place): NameKind {
  const kind = name === '' ? 'ordinary' : nameKind(name);
  if (kind === 'credential' || kind === 'phrase')
    return side === 'response' &&
      within === 'ordinary' &&
      /s$/i.test(name) &&
      !/secret|credential|token|cookie|password/i.test(name)
      ? 'ordinary'
      : 'credential';
  return kind === 'personal' ? 'personal' : within;
}

function isHidden(text: string, { side, name, within }: Place): boolean {
  if (name !== '' && isHiddenOn(side, name, text)) return true;
  if (within === 'credential')
    return !/^(?:type|kind|brand|status|scheme|provider|algorithm)$/i.test(name) && isHiddenUnder('secret', text);
  return within === 'personal' && /\d{3}/.test(text) && !/^(?:brand|country|type|id)$/i.test(name);
}

function redactString(text: string, place: Place): string {
  if (isHidden(text, place)) {
    if (place.side === 'request' || nameKind(place.name) === 'phrase' || !isSentence(text)) return SECRET;
  } else if (/^\s*[[{]/.test(text)) {
    const json = redactJson(text, place.side);
    if (json !== undefined) return json;
  }
  return isVersion(place.name, text) ? text : redactWord(text, nameKind(place.name));
}

function redactNumber(value: number, place: Place): unknown {
  const text = String(value);
  // small numbers count or switch something; a card number may come as a number
  if (Math.abs(value) >= 100 && isHidden(text, place)) return SECRET;
  return Math.abs(value) < 1e12 || isClean(text) ? value : redactWord(text, nameKind(place.name));
}
