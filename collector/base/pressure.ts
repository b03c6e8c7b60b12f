import { getHeapStatistics } from 'node:v8';
import { LIMITS } from '../limits.ts';
import { inFlight } from './body.ts';

/** Shares of what the kernel and V8 end a process at, past which no body is taken. Bodies in flight and garbage need the rest. */
const RESIDENT_SHARE = 0.85;
const HEAP_SHARE = 0.85;

/** Bytes that are used, and where V8 and the kernel end the process; 0 where they do not. */
export interface Memory {
  /** Heap and buffers. */
  readonly used: number;
  readonly heap: number;
  readonly heapLimit: number;
  readonly resident: number;
  readonly residentLimit: number;
}

/** Looks at memory once a second and says why no body can be taken now, as a memory limiter's soft limit does. */
export class Pressure {
  private reason: string | undefined;
  private readonly timer: NodeJS.Timeout;
  private readonly limitBytes: number;
  private readonly memory: () => Memory;

  constructor(limitMiB: number, memory: () => Memory = memoryNow) {
    this.limitBytes = limitMiB * 1024 * 1024;
    this.memory = memory;
    this.timer = setInterval(() => this.look(), 1000).unref();
  }

  /** Undefined when there is none. */
  now(): string | undefined {
    if (inFlight.bytes > LIMITS.inFlightBytes) return 'too many bodies at once';
    return this.reason;
  }

  /** Bytes that can be used before no body is taken; negative when that is so. */
  room(): number {
    const { used, heap, heapLimit, resident, residentLimit } = this.memory();
    return Math.min(
      this.limitBytes - used,
      heapLimit > 0 ? heapLimit * HEAP_SHARE - heap : Number.POSITIVE_INFINITY,
      residentLimit > 0 ? residentLimit * RESIDENT_SHARE - resident : Number.POSITIVE_INFINITY,
    );
  }

  look(): void {
    this.reason = this.room() < 0 ? 'memory is short' : undefined;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

function memoryNow(): Memory {
  const { heapUsed, external, rss } = process.memoryUsage();
  const constrained = process.constrainedMemory();
  return {
    used: heapUsed + external,
    heap: heapUsed,
    heapLimit: getHeapStatistics().heap_size_limit,
    resident: rss,
    // Without a limit it is a number that no machine has.
    residentLimit: constrained > 2 ** 53 ? 0 : constrained,
  };
}
