import { fstatSync } from "node:fs";

type PollOneoff = (subscriptions: number, events: number, count: number, result: number) => number;
type FdRead = (fd: number, iovs: number, count: number, result: number) => number;

// Sizes and offsets in WASI preview1's structures.
const subscriptionSize = 48;
const eventSize = 32;
const tagAt = 8;
const fdAt = 16;
const clockAt = 16;
const timeoutAt = 24;
const flagsAt = 40;
const clockTag = 0;
const readTag = 1;
const monotonic = 1;
const absolute = 1;

/** How long a call may wait before it comes back to JavaScript, in nanoseconds. */
const sliceNs = 50_000_000n;

/**
 * Replaces the calls of WASI preview1 that may wait for long by ones that wait in slices, so that an interrupt
 * finds its way into the thread. What the guest sees is the same.
 *
 * @param memoryOf Gives the guest's memory, which is there only after the imports.
 * @param stdin The descriptor of this process that is the guest's 0.
 */
export function waitInSlices(
  wasi: WebAssembly.ModuleImports,
  memoryOf: () => WebAssembly.Memory | undefined,
  stdin: number,
): WebAssembly.ModuleImports {
  const poll = wasi["poll_oneoff"] as PollOneoff;
  const read = wasi["fd_read"] as FdRead;
  const stdinMayWait = mayWait(stdin);
  const poll_oneoff: PollOneoff = (subscriptions, events, count, result) => {
    const memory = memoryOf();
    const waiting = memory && Waiting.of(memory, subscriptions >>> 0, count >>> 0);
    if (waiting?.canHand(events >>> 0, result >>> 0) !== true)
      return poll(subscriptions, events, count, result);
    const errno = waiting.poll(poll);
    if (errno === 0) waiting.hand(events >>> 0, result >>> 0);
    return errno;
  };
  const fd_read: FdRead = (fd, iovs, count, result) => {
    const memory = memoryOf();
    if (fd === 0 && stdinMayWait && memory) Waiting.forInput(memory, fd)?.poll(poll);
    return read(fd, iovs, count, result);
  };
  return { ...wasi, poll_oneoff, fd_read };
}

function mayWait(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    return !stat.isFile() && !stat.isDirectory();
  } catch {
    return false;
  }
}

/**
 * One wait of the guest. WASI wants its arguments in the guest's memory; they are put at its start for the time
 * of a call, together with a clock of our own, and what was there is put back.
 */
class Waiting {
  readonly #memory: WebAssembly.Memory;
  readonly #subscriptions: Uint8Array;
  readonly #count: number;
  readonly #ownId: bigint;
  #events: Uint8Array = new Uint8Array();

  /** Returns undefined where the memory has not the room, or what is given is not in it: the call itself decides. */
  static of(memory: WebAssembly.Memory, at: number, count: number): Waiting | undefined {
    const size = memory.buffer.byteLength;
    if (count === 0 || at + count * subscriptionSize > size || scratchSize(count) > size) return;
    const bytes = new Uint8Array(memory.buffer, at, count * subscriptionSize).slice();
    return new Waiting(memory, bytes, count);
  }

  static forInput(memory: WebAssembly.Memory, fd: number): Waiting | undefined {
    if (scratchSize(1) > memory.buffer.byteLength) return undefined;
    const bytes = new Uint8Array(subscriptionSize);
    bytes[tagAt] = readTag;
    bytes[fdAt] = fd;
    return new Waiting(memory, bytes, 1);
  }

  private constructor(memory: WebAssembly.Memory, subscriptions: Uint8Array, count: number) {
    this.#memory = memory;
    this.#subscriptions = subscriptions;
    this.#count = count;
    const view = new DataView(subscriptions.buffer);
    const ids = new Set<bigint>();
    for (let at = 0; at < count; at++) ids.add(view.getBigUint64(at * subscriptionSize, true));
    let own = 0n;
    while (ids.has(own)) own++;
    this.#ownId = own;
  }

  /** Waits until something else than our own clock has happened, and returns WASI's error number. */
  poll(call: PollOneoff): number {
    const start = process.hrtime.bigint();
    for (;;) {
      const errno = this.#slice(call, process.hrtime.bigint() - start);
      if (errno !== 0 || this.#events.length > 0) return errno;
    }
  }

  /** Says whether the places for the results are in memory. */
  canHand(eventsAt: number, resultAt: number): boolean {
    const size = this.#memory.buffer.byteLength;
    return eventsAt + this.#count * eventSize <= size && resultAt + 4 <= size;
  }

  /** Puts the events where the guest wants them. */
  hand(eventsAt: number, resultAt: number): void {
    const view = new DataView(this.#memory.buffer);
    new Uint8Array(this.#memory.buffer).set(this.#events, eventsAt);
    view.setUint32(resultAt, this.#events.length / eventSize, true);
  }

  #slice(call: PollOneoff, elapsedNs: bigint): number {
    const count = this.#count + 1;
    const all = new Uint8Array(this.#memory.buffer, 0, scratchSize(this.#count));
    const saved = all.slice();
    all.set(this.#subscriptions);
    const view = new DataView(this.#memory.buffer, 0, all.length);
    for (let at = 0; at < this.#count; at++) shorten(view, at * subscriptionSize, elapsedNs);
    this.#addClock(view, this.#count * subscriptionSize);
    const events = count * subscriptionSize;
    const result = events + count * eventSize;
    const errno = call(0, events, count, result);
    const happened = view.getUint32(result, true);
    this.#events = this.#others(all.slice(events, events + happened * eventSize));
    all.set(saved);
    return errno;
  }

  #addClock(view: DataView, at: number): void {
    for (let byte = 0; byte < subscriptionSize; byte++) view.setUint8(at + byte, 0);
    view.setBigUint64(at, this.#ownId, true);
    view.setUint8(at + tagAt, clockTag);
    view.setUint32(at + clockAt, monotonic, true);
    view.setBigUint64(at + timeoutAt, sliceNs, true);
  }

  /** Leaves out the event of our own clock. */
  #others(events: Uint8Array): Uint8Array {
    const view = new DataView(events.buffer);
    const kept: number[] = [];
    for (let at = 0; at < events.length; at += eventSize) {
      if (view.getBigUint64(at, true) === this.#ownId) continue;
      kept.push(...events.subarray(at, at + eventSize));
    }
    return Uint8Array.from(kept);
  }
}

/** Bytes of the subscriptions, the events, and their number, with one more than the guest's. */
function scratchSize(count: number): number {
  return (count + 1) * (subscriptionSize + eventSize) + 4;
}

/** Takes the time that has passed from a relative clock. */
function shorten(view: DataView, at: number, elapsedNs: bigint): void {
  if (view.getUint8(at + tagAt) !== clockTag) return;
  if ((view.getUint16(at + flagsAt, true) & absolute) !== 0) return;
  const left = view.getBigUint64(at + timeoutAt, true) - elapsedNs;
  view.setBigUint64(at + timeoutAt, left < 0n ? 0n : left, true);
}
