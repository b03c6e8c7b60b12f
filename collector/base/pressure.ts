import { LIMITS } from '../limits.ts';
import { inFlight } from './body.ts';

/** Looks at memory once a second and says why no body can be taken now, as a memory limiter's soft limit does. */
export class Pressure {
  private reason: string | undefined;
  private readonly timer: NodeJS.Timeout;
  private readonly limitBytes: number;
  private readonly usage: () => number;

  constructor(limitMiB: number, usage: () => number = memoryUsed) {
    this.limitBytes = limitMiB * 1024 * 1024;
    this.usage = usage;
    this.timer = setInterval(() => this.look(), 1000).unref();
  }

  /** Undefined when there is none. */
  now(): string | undefined {
    if (inFlight.bytes > LIMITS.inFlightBytes) return 'too many bodies at once';
    return this.reason;
  }

  look(): void {
    this.reason = this.usage() > this.limitBytes ? 'memory is short' : undefined;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

function memoryUsed(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
