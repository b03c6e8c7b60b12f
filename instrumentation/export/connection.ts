import type { Socket } from 'node:net';
import { now } from '../base/now.ts';
import { type Answer, AnswerReader } from './answers.ts';
import type { Endpoint } from './endpoint.ts';
import { codeOf, descriptorOf, dial, drop, hidesDescriptor, queued, readIn, writeOut } from './sync.ts';
import { type Ending, type Verdict, verdictOf } from './types.ts';

/** A connection that is being made holds a finished process; the kernel repeats its first packet after a second. */
const CONNECT_MS = 950;
/** Without a word of the server's own, a connection is kept a little longer than successes wait for their export. */
const IDLE_MS = 10_000;
/** Closed so much earlier than the server says it will, as Node's own agent does. */
const MARGIN_MS = 1000;
/** After a connection was not had, calls do not open another for so long; doubles up to the most. */
const PAUSE_MS = { first: 1000, most: 30_000 } as const;
/** What has been written needs no more of us; this long the answer is waited for at the process's end. */
const ANSWER_MS = 100;

interface Exchange {
  readonly bytes: Uint8Array;
  readonly done: (verdict: Verdict) => void;
  /** Bytes the kernel or the socket has. */
  taken: number;
}

/**
 * One HTTP/1.1 connection to the collector, opened before there is anything to send and closed before the server would. Requests are written
 * at once, on a connection that is still being made too, and answered in order (RFC 9112 §9.3.2). Nothing keeps the process alive.
 */
export class Line {
  private readonly endpoint: Pick<Endpoint, 'url' | 'tls' | 'timeoutMs'>;
  private readonly secure: boolean;
  /** Being made: one socket per address. */
  private trying: Socket[] = [];
  private socket: Socket | undefined;
  private waiting: Exchange[] = [];
  private answers = new AnswerReader(() => {});
  private answered = 0;
  private last = false;
  private idleMs = IDLE_MS;
  private timer: NodeJS.Timeout | undefined;
  private notBefore = 0;
  private pauseMs: number = PAUSE_MS.first;
  /** That answered last. */
  private address: string | undefined;
  /** Why the newest connection was not had. */
  private failure: string | undefined;
  /** What the newest answer said about the server. */
  onAnswer: (answer: Answer) => void = () => {};

  constructor(endpoint: Pick<Endpoint, 'url' | 'tls' | 'timeoutMs'>) {
    this.endpoint = endpoint;
    this.secure = endpoint.url.protocol === 'https:';
  }

  /** Makes a connection if there is none; not again right after one was refused. */
  open(): void {
    if (this.socket === undefined && this.trying.length === 0 && (this.notBefore === 0 || now() >= this.notBefore))
      this.connect();
  }

  send(bytes: Uint8Array, done: (verdict: Verdict) => void): void {
    this.waiting.push({ bytes, done, taken: 0 });
    if (this.socket) this.flush();
    else if (this.trying.length > 0) this.writeEarly(0);
    else this.connect();
    if (this.waiting.length === 1) this.arm();
  }

  private connect(): void {
    const { endpoint } = this;
    this.answers = new AnswerReader((answer) => this.take(answer));
    this.answered = 0;
    this.last = false;
    this.idleMs = IDLE_MS;
    this.trying = dial(endpoint, this.secure, this.address);
    if (this.trying.length === 0) this.fail('Deno gives no access, run with --allow-net');
    for (const socket of this.trying) {
      socket.unref();
      socket.on('error', (error) => this.lose(socket, codeOf(error)));
      socket.on('close', () => this.lose(socket, 'ECONNRESET'));
      socket.on('data', (bytes: Buffer) => {
        if (!this.answers.push(bytes) || this.last) this.lose(socket, 'answer');
      });
      socket.once(this.secure ? 'secureConnect' : 'connect', () => this.use(socket));
      if (this.secure) socket.once('connect', () => this.arm());
    }
    this.arm();
  }

  /** This socket it is. */
  private use(socket: Socket): void {
    if (!this.trying.includes(socket)) return;
    // with several addresses of a name each attempt has a handle of its own
    socket.unref();
    this.address = socket.remoteAddress;
    this.choose(socket);
    this.socket = socket;
    this.trying = [];
    this.failure = undefined;
    this.notBefore = 0;
    this.pauseMs = PAUSE_MS.first;
    this.flush();
    this.arm();
  }

  private choose(socket: Socket): void {
    for (const other of this.trying) if (other !== socket) drop(other);
    this.trying = [socket];
  }

  private flush(): void {
    for (const exchange of this.waiting) {
      const { bytes, taken } = exchange;
      if (taken < bytes.length) this.socket!.write(bytes.subarray(taken));
      exchange.taken = bytes.length;
    }
  }

  /** Past the event loop; returns how much the kernel took, and what ended it if not all. */
  private writeTo(fd: number, until: number): ReturnType<typeof writeOut> {
    let sum = 0;
    for (const exchange of this.waiting) {
      const { taken, code } = writeOut(fd, exchange.bytes.subarray(exchange.taken), until);
      exchange.taken += taken;
      sum += taken;
      if (code !== undefined) return { taken: sum, code };
    }
    return { taken: sum };
  }

  /**
   * The kernel takes bytes before the event loop has told of the connection: a process may end within the turn in which its first call failed.
   * A write that fails has taken the error away from the loop, so the socket is given up here.
   */
  private writeEarly(until: number): void {
    if (this.secure) return;
    for (const socket of [...this.trying]) {
      const fd = descriptorOf(socket);
      if (fd === undefined) continue;
      const { taken, code } = this.writeTo(fd, until);
      if (taken > 0) this.choose(socket);
      if (code !== undefined && code !== 'EAGAIN') this.lose(socket, code);
      if (this.trying.length === 1 && this.trying[0] === socket) return;
    }
  }

  private take(answer: Answer): void {
    if (answer.last) this.last = true;
    this.answered++;
    const seconds = Number(/timeout=(\d+)/.exec(answer.header('keep-alive') ?? '')?.[1]);
    if (seconds >= 0) this.idleMs = Math.max(0, seconds * 1000 - MARGIN_MS);
    this.onAnswer(answer);
    const exchange = this.waiting.shift();
    this.arm();
    exchange?.done(verdictOf(answer.status, answer.header('retry-after')));
  }

  /** One timer: for the connection, for the oldest answer, or for idleness. */
  private arm(): void {
    clearTimeout(this.timer);
    const connecting = this.trying.some((socket) => socket.connecting);
    const isIdle = this.socket !== undefined && this.waiting.length === 0;
    const ms = connecting ? CONNECT_MS : isIdle ? this.idleMs : this.endpoint.timeoutMs;
    const timer = setTimeout(() => {
      // a process that was frozen meanwhile has its answer already, behind this timer
      setImmediate(() => timer === this.timer && this.fail('timeout')).unref();
    }, ms).unref();
    this.timer = timer;
  }

  private lose(socket: Socket, code: string): void {
    const at = this.trying.indexOf(socket);
    if (socket !== this.socket && at < 0) return;
    drop(socket);
    if (at >= 0) this.trying.splice(at, 1);
    if (this.trying.length === 0) this.fail(code);
  }

  private fail(why: string): void {
    clearTimeout(this.timer);
    for (const socket of this.trying) drop(socket);
    if (this.socket) drop(this.socket);
    else {
      this.address = undefined;
      this.failure = why;
      this.notBefore = now() + this.pauseMs;
      this.pauseMs = Math.min(PAUSE_MS.most, this.pauseMs * 2);
    }
    const lost = this.answered > 0 && why !== 'timeout';
    const kind = !this.socket ? 'unreachable' : lost ? 'lost' : 'retry';
    const { waiting } = this;
    this.trying = [];
    this.socket = undefined;
    this.waiting = [];
    for (const { done } of waiting) done({ kind, why });
  }

  close(): void {
    this.fail('closed');
  }

  /**
   * The process ends: writes what is not written yet and reads the answers, without the event loop.
   * @param until monotonic ms
   */
  finish(requests: readonly Uint8Array[], until: number): Ending {
    for (const bytes of requests)
      if (!this.waiting.some((exchange) => exchange.bytes === bytes))
        this.waiting.push({ bytes, done: () => {}, taken: 0 });
    if (!this.socket && this.trying.length === 0) return this.failure === undefined ? 'unusable' : 'refused';
    if (this.secure || (this.socket && hidesDescriptor(this.socket))) return this.finishByFlush(until);
    const fd = this.socket && descriptorOf(this.socket);
    if (!this.socket) this.writeEarly(until);
    // the loop still holds a part
    else if (fd === undefined || queued(this.socket) > 0) return 'unusable';
    else this.writeTo(fd, until);
    const [socket] = this.socket ? [this.socket] : this.trying;
    if (!socket) return this.failure === undefined ? 'unusable' : 'refused';
    if (this.waiting.some(({ bytes, taken }) => taken < bytes.length)) return 'unusable';
    return this.readAnswers(descriptorOf(socket), until);
  }

  private readAnswers(fd: number | undefined, until: number): Ending {
    const into = Buffer.allocUnsafe(4096);
    const end = Math.min(until, now() + ANSWER_MS);
    while (fd !== undefined && this.waiting.length > 0) {
      const read = readIn(fd, into, end);
      if (read === undefined) return 'written';
      if (typeof read === 'string') return 'unusable';
      this.answers.push(read);
    }
    return 'answered';
  }

  /** TLS, and any socket of Deno's, writes within the turn, but its answers are read by the loop alone: only that the connection still stands can be seen. */
  private finishByFlush(until: number): Ending {
    const { socket } = this;
    const fd = socket && descriptorOf(socket);
    if (!socket || (fd === undefined && !hidesDescriptor(socket)) || queued(socket) > 0) return 'unusable';
    this.flush();
    if (queued(socket) > 0) return 'unusable';
    if (fd === undefined) return 'written';
    const read = readIn(fd, Buffer.allocUnsafe(4096), Math.min(until, now() + ANSWER_MS));
    if (typeof read === 'string') return 'unusable';
    return read === undefined ? 'written' : 'answered';
  }
}
