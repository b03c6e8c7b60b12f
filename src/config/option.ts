/** What is written down of an option. */
interface Row<T = unknown> {
  readonly default: T;
  readonly doc: string;
  /** Returns the value, or throws a sentence without the variable's name. */
  readonly parse: (text: string) => T;
  /** Never printed; `faultlayer config` shows whether it is set. */
  readonly secret?: boolean;
}

/** One `FAULTLAYER_*` variable. Who reads it: `app` = the preloaded service, `collector` = the collector, `cli` = the command line. */
export interface Option<T = unknown> extends Row<T> {
  readonly env: `FAULTLAYER_${string}`;
  readonly reader: 'app' | 'collector' | 'cli';
}

export const parsers = {
  text: (t: string) => t,
  flag: (t: string) => {
    if (/^(1|true|yes|on)$/i.test(t)) return true;
    if (/^(0|false|no|off)$/i.test(t)) return false;
    throw new Error('must be true or false');
  },
  integer: (min: number, max: number) => (t: string) => {
    if (!/^-?\d+$/.test(t) || Number(t) < min || Number(t) > max)
      throw new Error(`must be a whole number from ${min} to ${max}`);
    return Number(t);
  },
  number: (min: number, max: number) => (t: string) => {
    const n = Number(t);
    if (t.trim() === '' || !Number.isFinite(n) || n < min || n > max)
      throw new Error(`must be a number from ${min} to ${max}`);
    return n;
  },
  /** Without a slash at its end. */
  url: (t: string) => {
    if (!/^https?:\/\//.test(t) || !URL.canParse(t)) throw new Error('must be an http or https URL');
    return t.replace(/\/+$/, '');
  },
  /** A URL of pages that stand at its root. */
  origin: (t: string) => {
    if (/^https?:\/\/[^/]+\/./.test(t)) throw new Error('must have no path');
    return parsers.url(t);
  },
  list: (t: string) =>
    t
      .split(',')
      .map((s) => s.trim())
      .filter(Boolean),
  /** IP addresses, and networks of them. */
  networks: (t: string) =>
    parsers.list(t).map((one) => {
      const [, v4, v6, bits = 0] = /^(?:((?:\d+\.){3}\d+)|([\da-f:.]+))(?:\/(\d+))?$/i.exec(one) ?? [];
      if (!URL.canParse(`http://${v4 ?? `[${v6}]`}`) || Number(bits) > (v4 ? 32 : 128))
        throw new Error('must be addresses or networks such as 10.0.0.0/8');
      return one;
    }),
  oneOf:
    <const V extends string>(...values: V[]) =>
    (t: string): V => {
      if ((values as string[]).includes(t)) return t as V;
      throw new Error(`must be one of ${values.join(', ')}`);
    },
};

/** 0 = any that is free. */
export const port = parsers.integer(0, 65535);

/** `fallback` is the default, none where absence is one. */
export const option = <T, D extends string | number | boolean | object | undefined = undefined>(
  parse: (text: string) => T,
  doc: string,
  fallback?: D,
): Row<[D] extends [T] ? T : T | D> => ({ default: fallback as never, doc, parse: parse as never });
export const text = (doc: string) => option(parsers.text, doc);
export const secret = <D extends string | undefined = undefined>(doc: string, fallback?: D) => ({
  ...option(parsers.text, doc, fallback),
  secret: true,
});
/** False where left out. */
export const flag = (doc: string) => option(parsers.flag, doc, false);
export const list = (doc: string) => option(parsers.list, doc, []);

/** The options of one reader; the variable of `httpToken` is `FAULTLAYER_HTTP_TOKEN`, unless a row says otherwise. */
export const optionsOf = <R extends Record<string, object>>(
  reader: Option['reader'],
  rows: R,
): { readonly [K in keyof R]: R[K] extends Row<infer T> ? Option<T> : never } =>
  Object.fromEntries(
    Object.entries(rows).map(([key, row]) => {
      const env = `FAULTLAYER_${key.replace(/[A-Z]/g, '_$&').toUpperCase()}`;
      return [key, { env, reader, ...row }];
    }),
  ) as never;
