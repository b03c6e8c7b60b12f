import { MODULE } from './generated/inflate.ts';

/** What `assembly/inflate.ts` exports. */
export interface Exports extends WebAssembly.Exports {
  readonly memory: WebAssembly.Memory;
  readonly INPUT: WebAssembly.Global<'i32'>;
  readonly INPUT_ROOM: WebAssembly.Global<'i32'>;
  readonly OUTPUT: WebAssembly.Global<'i32'>;
  readonly OUTPUT_ROOM: WebAssembly.Global<'i32'>;
  readonly MEMORY_END: WebAssembly.Global<'i32'>;
  /** How many bytes came out, or -1. */
  inflate(from: number, to: number, room: number): number;
  crc(start: number, length: number): number;
}

const HEADER = 10;
const TRAILER = 8;

/** Inflates ordinary gzip bodies in WebAssembly, in half of zlib's time. Its memory has one size for good; larger bodies are left. */
export class Inflater {
  private readonly module: Exports;
  private readonly memory: Buffer;
  private readonly input: number;
  private readonly inputRoom: number;
  private readonly output: number;
  private readonly outputRoom: number;

  constructor() {
    const compiled = new WebAssembly.Module(Buffer.from(MODULE, 'base64'));
    this.module = new WebAssembly.Instance(compiled).exports as Exports;
    const { memory, INPUT, INPUT_ROOM, OUTPUT, OUTPUT_ROOM } = this.module;
    this.memory = Buffer.from(memory.buffer);
    this.input = INPUT.value;
    this.inputRoom = INPUT_ROOM.value;
    this.output = OUTPUT.value;
    this.outputRoom = OUTPUT_ROOM.value;
  }

  /** Null where there is no WebAssembly (`--jitless`), or no address space for its memory. */
  static make(): Inflater | null {
    try {
      return new Inflater();
    } catch {
      return null;
    }
  }

  /**
   * The inflated bytes, which stand until the next call; undefined for a body that is damaged, too large, or sound but rare: of several
   * members, with a name or a comment, with bytes behind it.
   */
  inflate(body: Buffer, limit: number): Buffer | undefined {
    const { length } = body;
    // The magic number, deflate, no flags.
    if (length < HEADER + TRAILER || length > this.inputRoom || body.readUInt32LE(0) !== 0x00088b1f) return undefined;
    const size = body.readUInt32LE(length - 4);
    if (size > limit || size > this.outputRoom) return undefined;
    this.memory.set(body, this.input);
    if (this.run(length - TRAILER, size) !== size) return undefined;
    if (this.module.crc(this.output, size) !== body.readInt32LE(length - TRAILER)) return undefined;
    return Buffer.from(this.memory.buffer, this.output, size);
  }

  private run(to: number, room: number): number {
    try {
      return this.module.inflate(HEADER, to, room);
    } catch {
      // A damaged body was followed to the end of the memory.
      return -1;
    }
  }
}
