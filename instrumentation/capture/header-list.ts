import { headerName } from './header-name.ts';

const textOf = (value: unknown): string | undefined => {
  const one = Array.isArray(value) ? value[0] : value;
  if (one === undefined || one === null) return undefined;
  return Buffer.isBuffer(one) ? one.toString('latin1') : String(one);
};

/** Headers as clients keep them, names and values in turn, read by lower-case name. Of a repeated header the first counts. */
export class HeaderList {
  private readonly flat: readonly unknown[];
  private readonly known: string[] = [];
  private readonly at: number[] = [];
  private read = 0;

  constructor(flat: readonly unknown[]) {
    this.flat = flat;
  }

  static of(headers: readonly unknown[] | Readonly<Record<string, unknown>>): HeaderList {
    return new HeaderList(Array.isArray(headers) ? headers : Object.entries(headers).flat());
  }

  /** In lower case, each once; what was added to the client's list since is seen too. */
  names(): readonly string[] {
    const { flat, known } = this;
    for (; this.read + 1 < flat.length; this.read += 2) {
      const name = headerName(flat[this.read]);
      if (known.includes(name)) continue;
      known.push(name);
      this.at.push(this.read + 1);
    }
    return known;
  }

  /** One or two questions are answered without the list of names: they come while the application waits. */
  first(name: string): string | undefined {
    if (this.read === 0) return this.find(name);
    const index = this.names().indexOf(name);
    return index < 0 ? undefined : textOf(this.flat[this.at[index]!]);
  }

  private find(name: string): string | undefined {
    for (let i = 0; i + 1 < this.flat.length; i += 2) {
      const key = this.flat[i] as string | Uint8Array;
      if (key.length === name.length && headerName(key) === name) return textOf(this.flat[i + 1]);
    }
    return undefined;
  }
}
