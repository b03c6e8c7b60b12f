import { redactBody, redactText, redactUrl, requestHeaders, safeHeaders } from '../../src/redact/index.ts';
import { CREDENTIAL_KINDS, KEYED, Maker, makerOf, PERSONAL_KINDS } from './canaries.ts';

/** A place that a value can stand in, and what leaves of it. */
type Place = (value: string, name: string) => string;
const enc = encodeURIComponent;
const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const body = (text: string): string => redactBody(text, 'request') + redactBody(text, 'response');

/** Where the value's own form has to give it away. */
const ANYWHERE: Readonly<Record<string, Place>> = {
  path: (v) => redactUrl(`https://h.example/v1/pears/${enc(v)}/seeds`),
  'path, encoded twice': (v) => redactUrl(`https://h.example/v1/pears/${enc(enc(v))}`),
  query: (v) => redactUrl(`https://h.example/a?q=${enc(v)}&page=1`),
  'query, encoded four times': (v) => redactUrl(`https://h.example/a?q=${enc(enc(enc(enc(v))))}`),
  message: (v) => redactText(`The value ${v} is not right.`),
  'quoted message': (v) => redactText(`Pear '${v}': no`),
  'escaped message': (v) => redactText(`"line\\n${v}\\nline"`),
  'encoded message': (v) => redactText(`GET /a?x=%22${v}%22 failed`),
  JSON: (v) => body(JSON.stringify({ note: `see ${v}`, list: [v] })),
  'JSON in JSON': (v) => body(JSON.stringify({ event: JSON.stringify({ inner: JSON.stringify({ note: v }) }) })),
  'cut JSON': (v) => body(`{"a":1,"note":${JSON.stringify(v)},"rest":"x`),
  form: (v) => body(`note=${enc(v)}&page=1`),
  XML: (v) => body(`<a><note>${xml(v)}</note><b note="${xml(v)}"/><![CDATA[${v}]]></a>`),
  multipart: (v) => body(`--b\r\nContent-Disposition: form-data; name="note"\r\n\r\n${v}\r\n--b--\r\n`),
  'YAML-like': (v) => body(`note: ${v}\nlist:\n  - "${v}"\n`),
  CSV: (v) => body(`note,page\n${v},1\n`),
  headers: (v) =>
    JSON.stringify([
      safeHeaders([
        ['x-error-code', v],
        ['server', v],
      ]),
      requestHeaders(['accept', 'prefer', 'x-other'], () => v),
    ]),
};
/** Where a name beside it does. */
const UNDER_NAME: Readonly<Record<string, Place>> = {
  query: (v, n) => redactUrl(`https://h.example/a?${enc(n)}=${enc(v)}`),
  'query, encoded twice': (v, n) => redactUrl(`https://h.example/a?x=1&${enc(enc(n))}=${enc(enc(v))}`),
  'message, =': (v, n) => redactText(`tried ${n}=${v} and failed`),
  'message, :': (v, n) => redactText(`tried with ${n}: ${v}`),
  'quoted message': (v, n) => redactText(`refused {"${n}": "${v}"} and {'${n}':'${v}'} and {\\"${n}\\":\\"${v}\\"}`),
  JSON: (v, n) => body(JSON.stringify({ a: { [n]: v, list: [{ [n]: v }] } })),
  'JSON in JSON': (v, n) => body(JSON.stringify({ e: JSON.stringify({ [n]: v }) })),
  'cut JSON': (v, n) => body(`{"a":1,"${n}":${JSON.stringify(v)},"rest":"x`),
  'name and value': (v, n) =>
    body(
      JSON.stringify([
        { name: n, value: v },
        { loc: ['body', n], input: v },
      ]),
    ),
  form: (v, n) => body(`a=1&${enc(n)}=${enc(v)}`),
  XML: (v, n) =>
    body(
      `<r><${n}>${xml(v)}</${n}><a:${n} type="x"><![CDATA[${v}]]></a:${n}><b ${n}="${xml(v)}"/><m><name>${n}</name><value><s>${xml(v)}</s></value></m></r>`,
    ),
  multipart: (v, n) => body(`--b\r\nContent-Disposition: form-data; name="${n}"\r\n\r\n${v}\r\n--b--\r\n`),
  YAML: (v, n) => body(`a: 1\n${n}: ${v}\n${n}: "${v}"\n${n}: |\n  ${v}\nenv:\n- name: ${n}\n  value: ${v}\n`),
  'other lines': (v, n) => body(`export ${n}=${v}\n${n} = ${v}\n${n} => '${v}'\n${n}\t${v}\n`),
  CSV: (v, n) => body(`user,${n}\nbob,${v}\n`),
  SQL: (v, n) => body(`INSERT INTO t (a, ${n}) VALUES (1, '${v}')`),
};

const shows = (output: string, value: string): boolean =>
  [value, enc(value), JSON.stringify(value).slice(1, -1), xml(value)].some((form) => output.includes(form));

export interface Missed {
  readonly kind: string;
  readonly of: number;
  readonly missed: readonly string[];
}

/** Values and places take turns, so that every place sees its share of every kind. */
function measure(
  kind: string,
  places: Readonly<Record<string, Place>>,
  values: readonly (readonly [string, string])[],
): Missed {
  const names = Object.keys(places);
  const missed = values.flatMap(([value, name], i) => {
    const place = names[i % names.length]!;
    return shows(places[place]!(value, name), value) ? [`${place}: ${name} ${value}`] : [];
  });
  return { kind, of: values.length, missed };
}

const drawn = (count: number, seed: string, make: (m: Maker) => string, names: readonly string[]) => {
  const maker = new Maker(seed);
  return Array.from({ length: count }, () => [make(maker), maker.pick(names)] as const);
};

/** How much of each kind is missed, `count` values a kind. */
export const credentials = (count: number, seed: string): Missed[] =>
  CREDENTIAL_KINDS.map((kind) => measure(kind, ANYWHERE, drawn(count, `${seed}/${kind}`, makerOf(kind), [''])));
export const personal = (count: number, seed: string): Missed[] =>
  PERSONAL_KINDS.map((kind) => measure(kind, ANYWHERE, drawn(count, `${seed}/${kind}`, makerOf(kind), [''])));
export const keyed = (count: number, seed: string): Missed[] =>
  Object.entries(KEYED).map(([kind, { names, make }]) =>
    measure(kind, UNDER_NAME, drawn(count, `${seed}/${kind}`, make, names)),
  );

/** What is over the share that is allowed, with examples. */
export const over = (all: readonly Missed[], share: number): string[] =>
  all
    .filter(({ of, missed }) => missed.length / of > share)
    .map(({ kind, of, missed }) => `${kind}: ${missed.length} of ${of}, ${missed.slice(0, 3).join('; ')}`);
