// biome-ignore lint/suspicious/noExplicitAny: of a foreign method nothing is known but its name
export type Method = (this: any, ...args: any[]) => unknown;

/**
 * Puts a function in the place of a method, with the same name, arity and property. Returns what undoes it, which leaves alone whoever came after us;
 * undefined where there is no such method.
 */
export function replace(holder: object, name: string, wrap: (original: Method) => Method): (() => void) | undefined {
  const own = Object.getOwnPropertyDescriptor(holder, name);
  const methods = holder as Record<string, unknown>;
  if (own ? !own.configurable || typeof own.value !== 'function' : typeof methods[name] !== 'function')
    return undefined;
  const original = methods[name] as Method;
  const value = wrap(original);
  for (const property of ['name', 'length'] as const)
    if (value[property] !== original[property])
      Object.defineProperty(value, property, { value: original[property], configurable: true });
  Object.defineProperty(holder, name, { configurable: true, writable: true, enumerable: false, ...own, value });
  return () => {
    if (methods[name] !== value) return;
    if (own) Object.defineProperty(holder, name, own);
    else delete methods[name];
  };
}

/** Has `see` look at each call of a method before it is made. It must not throw. */
export const before = <Self>(holder: object, name: string, see: (self: Self, args: unknown[]) => void) =>
  replace(
    holder,
    name,
    (original) =>
      function (this: Self, ...args) {
        see(this, args);
        return Reflect.apply(original, this, args);
      },
  );

// biome-ignore lint/suspicious/noExplicitAny: what a library exports is looked at, not known
export type Exports = Readonly<Record<string, any>>;

/** A library whose calls no channel tells of wholly. */
export interface Library {
  /** Fits what it is asked for by: its name, or its file where an ES module asks. */
  readonly request: RegExp;
  /** Which object of it has the methods, if it is this library. */
  readonly holder: (exports: Exports) => object | undefined;
  /** Is called once for each such object. */
  readonly patch: (holder: object) => void;
}
