import { expect, it } from 'vitest';
import { Malformed } from '../../collector/otlp/messages.ts';
import { pipeline } from '../support/decode-bodies.ts';
import { requestOfJson } from '../support/otlp-json.ts';
import { jsonBody, seeded, typicalBody } from '../support/otlp-spans.ts';
import { referenceMetrics } from '../support/reference-metrics.ts';

const plain = jsonBody(typicalBody(seeded(20), 3));
const plainCounts = referenceMetrics(requestOfJson(plain));

/** Counts a plain body and then the text, and returns where that differs from the reference: what the decoder learned from the first must not change what it reads in the second. */
function differences(text: string): string[] {
  return differencesIn(pipelineOfPlain(), text);
}

function pipelineOfPlain(): ReturnType<typeof pipeline> {
  const made = pipeline({ semconv: true });
  made.take(plain);
  return made;
}

/** The pipeline has counted the plain body, and no other that it did not refuse. */
function differencesIn({ take, counts }: ReturnType<typeof pipeline>, text: string): string[] {
  take(text);
  const expected = new Map(plainCounts);
  for (const [key, by] of referenceMetrics(requestOfJson(text))) expected.set(key, (expected.get(key) ?? 0) + by);
  const ours = counts();
  return [...new Set([...ours.keys(), ...expected.keys()])]
    .filter((key) => (ours.get(key) ?? 0) !== (expected.get(key) ?? 0))
    .map((key) => `${key}: ${ours.get(key)}, not ${expected.get(key)}`)
    .slice(0, 3);
}

it('reads JSON however it is written as JSON.parse does', () => {
  const random = seeded(21);
  for (let i = 0; i < 150; i++) {
    const text = written(JSON.parse(jsonBody(typicalBody(random, 4))), style(random));
    expect(differences(text), `${i}: ${text.slice(0, 3000)}`).toEqual([]);
  }
});

it('counts damaged JSON as JSON.parse reads it, or refuses it', () => {
  const random = seeded(22);
  let accepted = 0;
  // the next text too is read where one was refused: nothing of that may be left
  let open: ReturnType<typeof pipeline> | undefined;
  for (let i = 0; i < 1000; i++) {
    const text = damaged(jsonBody(typicalBody(random, 2)), random);
    open ??= pipelineOfPlain();
    const ours = open;
    const request = attempt(() => requestOfJson(text));
    if (!request) {
      expect(() => ours.take(text), `${i}: JSON.parse refuses ${text.slice(0, 3000)}`).toThrow(Malformed);
      continue;
    }
    // Texts with other than printable ASCII, and numbers that are none, are cleaned on our side only.
    if ([...referenceMetrics(request).keys()].some((key) => /[^\x20-\x7e]|\\[bfnrtu\\"]/.test(key))) continue;
    const found = attempt(() => differencesIn(ours, text));
    if (found === undefined) continue;
    open = undefined;
    expect(found, `${i}: ${text.slice(0, 3000)}`).toEqual([]);
    accepted++;
  }
  expect(accepted).toBeGreaterThan(200);
});

it('guesses no member where a comma is missing', () => {
  const { take } = pipeline({ semconv: true });
  take(plain);
  // Too long to be remembered, so that what follows is read with nothing in mind.
  const stranger = `"${'x'.repeat(300)}":1`;
  const body = (between: string): string =>
    `{"resourceSpans":[{"resource":{},"scopeSpans":[{"spans":[{${stranger}${between}"traceId":"${'ab'.repeat(16)}"}]}]}]}`;
  expect(() => take(body('{'))).toThrow(Malformed);
  expect(() => take(body(''))).toThrow(Malformed);
  expect(take(body(',')).spans).toBe(1);
});

interface Style {
  readonly random: () => number;
  /** Chances of white space, of a member moved, of a character escaped, of an unknown member, of a number written another way. */
  readonly space: number;
  readonly shuffle: number;
  readonly escape: number;
  readonly unknown: number;
  readonly number: number;
}
const style = (random: () => number): Style => {
  const chance = (): number => (random() < 0.5 ? 0 : random() * 0.1);
  return { random, space: chance(), shuffle: chance(), escape: chance() / 4, unknown: chance(), number: random() };
};

/** Identifiers and numbers: the decoder reads no escapes in them, and nobody writes any. */
const DIGITS = /^(?:[0-9a-f]{16}|[0-9a-f]{32}|\d+)$/;

function written(value: unknown, s: Style): string {
  const gap = (): string => (s.random() < s.space ? [' ', '\n  ', '\t', '\r\n'][Math.floor(s.random() * 4)]! : '');
  if (Array.isArray(value)) return `${gap()}[${value.map((v) => written(v, s) + gap()).join(',')}${gap()}]`;
  if (typeof value === 'string') return gap() + quoted(value, s);
  if (typeof value === 'number') return gap() + (s.random() < s.number / 3 ? value.toExponential() : String(value));
  if (typeof value !== 'object' || value === null) return gap() + JSON.stringify(value);
  const members = Object.entries(value);
  if (s.random() < s.shuffle) members.reverse();
  if (s.random() < s.unknown) members.splice(1, 0, ['new', [{ key: 'x', value: { stringValue: 'a"b' } }, 1.5, null]]);
  const text = members.map(([key, v]) => {
    const bare = key === 'intValue' && s.random() < s.number;
    return `${gap()}${quoted(key, s)}${gap()}:${bare ? String(v) : written(v, s)}${gap()}`;
  });
  return `${gap()}{${text.join(',')}}`;
}

const quoted = (text: string, s: Style): string =>
  `"${[...JSON.stringify(text).slice(1, -1)].map((c) => (!DIGITS.test(text) && s.random() < s.escape && /[\w./:]/.test(c) ? `\\u00${c.charCodeAt(0).toString(16)}` : c)).join('')}"`;

/** One or two damages to the text: a character changed, removed or doubled, a stretch removed or moved. */
function damaged(text: string, random: () => number): string {
  let out = text;
  const at = (): number => Math.floor(random() * out.length);
  for (let n = random() < 0.7 ? 1 : 2; n > 0; n--) {
    const i = at();
    const kind = Math.floor(random() * 5);
    const mark = '{}[],:"\\0e-.'[Math.floor(random() * 12)]!;
    if (kind === 0) out = out.slice(0, i) + mark + out.slice(i + 1);
    else if (kind === 1) out = out.slice(0, i) + out.slice(i + 1);
    else if (kind === 2) out = out.slice(0, i) + mark + out.slice(i);
    else if (kind === 3) out = out.slice(0, i) + String.fromCharCode(32 + Math.floor(random() * 95)) + out.slice(i + 1);
    else {
      // From one mark to the next of its kind: a whole member or element goes, or stands twice.
      const mark = ',{"'[Math.floor(random() * 3)]!;
      const from = out.indexOf(mark, i);
      const to = out.indexOf(mark, from + 1);
      if (from >= 0 && to > from)
        out = random() < 0.5 ? out.slice(0, from) + out.slice(to) : out.slice(0, to) + out.slice(from);
    }
  }
  return out;
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof Malformed || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
