import { nameKind } from '../names.ts';

/** Pairs in which the name is a value itself: `{"name":"password","value":"…"}`, `{"loc":["body","password"],"input":"…"}`. */
const LABELS =
  'name key field param parameter header property path loc location attribute label variable fieldname propertyname k'.split(
    ' ',
  );
const VALUES = new Set(
  'value values input content data val v string stringvalue rejectedvalue received actual given got attemptedvalue provided text default defaultvalue current'.split(
    ' ',
  ),
);

export const isLabel = (name: string): boolean => LABELS.includes(name.toLowerCase());
export const isLabelled = (name: string): boolean => VALUES.has(name.toLowerCase().replace(/[_-]/g, ''));

/** The name that a text names, if it hides what it belongs to. */
export const hidingLabel = (text: string): string | undefined => {
  if (text.length === 0 || text.length > 64 || /\s/.test(text)) return undefined;
  const kind = nameKind(text);
  return kind === 'ordinary' || kind === 'identifier' ? undefined : text;
};

/** The name that an object's members name, if it hides their values. */
export function labelOf(object: object): string | undefined {
  for (const [key, value] of Object.entries(object)) {
    if (!isLabel(key)) continue;
    const text = Array.isArray(value) ? value.at(-1) : value;
    const label = typeof text === 'string' ? hidingLabel(text) : undefined;
    if (label !== undefined) return label;
  }
  return undefined;
}
