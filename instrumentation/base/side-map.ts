/** A map from objects that are not ours. */
export interface Beside<K extends object, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): void;
  has(key: K): boolean;
}

class Itself {
  constructor(key: object) {
    // biome-ignore lint/correctness/noConstructorReturn: this is what lays the derived class's field onto it
    return key;
  }
}

/**
 * Notes on foreign objects that nobody else can see: a private field laid onto the object (ECMA-262 §7.3.27 PrivateFieldAdd through a
 * constructor that returns it), which no reflection, copy or inspection shows. As a WeakMap in every respect but the cost: an entry of
 * a WeakMap takes some hundred nanoseconds and then work in every collection.
 */
export function beside<K extends object, V>(): Beside<K, V> {
  class Note extends Itself {
    #value: V;
    constructor(key: K, value: V) {
      super(key);
      this.#value = value;
    }
    static get(key: object): V | undefined {
      return #value in key ? key.#value : undefined;
    }
    static set(key: K, value: V): void {
      if (#value in key) key.#value = value;
      else new Note(key, value);
    }
    static has(key: object): boolean {
      return #value in key;
    }
  }
  return Note;
}
