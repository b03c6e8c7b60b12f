import { closeSync, openSync, writeSync } from 'node:fs';

/** Writes in large pieces; a gigabyte of lines is no place for a promise each. */
export class Output {
  readonly #file: number;
  #samples = 0;
  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }
  type(name: string, type: string): void {
    writeSync(this.#file, `# TYPE ${name} ${type}\n`);
  }
  add(parts: readonly string[]): void {
    for (let i = 0; i < parts.length; i += 30_000) writeSync(this.#file, parts.slice(i, i + 30_000).join(''));
    this.#samples += parts.length / 3;
  }
  end(): number {
    writeSync(this.#file, '# EOF\n');
    closeSync(this.#file);
    return this.#samples;
  }
}
