import { Sink } from "../bytes/index.ts";
import { assembleBody, emptyBlock, valueType } from "../wasm/index.ts";
import type { Additions } from "./additions.ts";
import { addAmount, call, globalGet, globalSet, i32Const, localGet } from "./code.ts";
import type { OwnMemory } from "./region.ts";

/** Engines refuse modules with more globals than a million; some are the module's own. */
export const mostCounterGlobals = 900_000;

/** Numbered 64-bit counters ("words") of an instrumented module. */
export interface Counters {
  /** Number of words handed out so far. */
  readonly count: number;
  /** Hands out the next word. */
  next(): number;
  /** Appends code that adds `amount` to a word. */
  add(sink: Sink, word: number, amount: number): void;
  /** Appends code that pushes a word. */
  push(sink: Sink, word: number): void;
  /** Appends code that stores the 64-bit value on the stack; undefined if only `add` can. */
  readonly pop?: (sink: Sink, word: number) => void;
  /** Appends the function word(i32) -> i64 that reads any word, and returns its index. */
  reader(additions: Additions): number;
}

/** Keeps each counter in a private global: no memory is touched. */
export class GlobalCounters implements Counters {
  readonly #first: number;
  count = 0;

  /** All globals of other purposes must have been added before; none may be before `reader` is asked for. */
  constructor(additions: Additions) {
    this.#first = additions.global("i64");
  }

  next(): number {
    return this.count++;
  }

  add(sink: Sink, word: number, amount: number): void {
    globalGet(sink, this.#first + word);
    addAmount(sink, amount);
    globalSet(sink, this.#first + word);
  }

  push(sink: Sink, word: number): void {
    globalGet(sink, this.#first + word);
  }

  pop(sink: Sink, word: number): void {
    globalSet(sink, this.#first + word);
  }

  reader(additions: Additions): number {
    additions.wordGlobals(Math.max(this.count - 1, 0));
    return globalReader(additions, this.#first, this.count);
  }
}

/** Words of one function of the reader: some engines bound the size of a function. */
const wordsAFunction = 16384;
/** Words of one `br_table`. */
const wordsATable = 32;

const { i32, i64 } = valueType;
const block = 0x02;
const otherwise = 0x05;
const end = 0x0b;

function globalReader(additions: Additions, first: number, count: number): number {
  const typeIndex = additions.type([i32], [i64]);
  const parts: number[] = [];
  for (let low = 0; low < Math.max(count, 1); low += wordsAFunction) {
    const high = Math.min(low + wordsAFunction, count);
    const body = readerBody((sink) => choose(sink, low, high, first));
    parts.push(additions.add({ name: `wasmscope.words_from_${low}`, typeIndex, body }));
  }
  if (parts.length === 1) return parts[0]!;
  const body = readerBody((sink) => choosePart(sink, parts, 0, parts.length));
  return additions.add({ name: "wasmscope.word", typeIndex, body });
}

function readerBody(write: (sink: Sink) => void): Uint8Array {
  const sink = new Sink(1024);
  sink.u32(0);
  write(sink);
  sink.byte(end);
  return sink.take();
}

/** Calls the part that has the word in local 0. */
function choosePart(sink: Sink, parts: readonly number[], low: number, high: number): void {
  if (high - low === 1) {
    localGet(sink, 0);
    call(sink, parts[low]!);
    return;
  }
  const middle = (low + high) >> 1;
  ifBelow(sink, middle * wordsAFunction);
  choosePart(sink, parts, low, middle);
  sink.byte(otherwise);
  choosePart(sink, parts, middle, high);
  sink.byte(end);
}

/** Pushes the word in local 0, of those from `low` on, by halving down to tables of jumps. */
function choose(sink: Sink, low: number, high: number, first: number): void {
  if (high - low > wordsATable) {
    const middle = (low + high) >> 1;
    ifBelow(sink, middle);
    choose(sink, low, middle, first);
    sink.byte(otherwise);
    choose(sink, middle, high, first);
    sink.byte(end);
    return;
  }
  const count = high - low;
  sink.byte(block);
  sink.byte(i64);
  for (let nth = 0; nth <= count; nth++) {
    sink.byte(block);
    sink.byte(emptyBlock);
  }
  localGet(sink, 0);
  i32Const(sink, low);
  // i32.sub, br_table
  sink.byte(0x6b);
  sink.byte(0x0e);
  sink.u32(count);
  for (let nth = 0; nth <= count; nth++) sink.u32(nth);
  sink.byte(end);
  for (let nth = 0; nth < count; nth++) {
    globalGet(sink, first + low + nth);
    sink.byte(0x0c);
    sink.u32(count - nth);
    sink.byte(end);
  }
  sink.byte(0x42);
  sink.byte(0);
  sink.byte(end);
}

/** Begins an `if` that leads to a word: is the one in local 0 below `limit`? */
function ifBelow(sink: Sink, limit: number): void {
  localGet(sink, 0);
  i32Const(sink, limit);
  // i32.lt_u, if
  sink.byte(0x49);
  sink.byte(0x04);
  sink.byte(i64);
}

/** Keeps the counters in memory of our own: for modules with more blocks than globals are allowed. */
export class MemoryCounters implements Counters {
  readonly #memory: OwnMemory;
  count = 0;

  constructor(memory: OwnMemory) {
    this.#memory = memory;
  }

  next(): number {
    return this.count++;
  }

  add(sink: Sink, word: number, amount: number): void {
    sink.byte(0x41);
    sink.s32(0);
    this.#memory.pushBase(sink);
    this.push(sink, word);
    addAmount(sink, amount);
    this.#memory.access(sink, 0x37, 3, word * 8);
  }

  push(sink: Sink, word: number): void {
    sink.byte(0x41);
    sink.s32(0);
    this.#memory.pushBase(sink);
    this.#memory.access(sink, 0x29, 3, word * 8);
  }

  reader(additions: Additions): number {
    return additions.add({
      name: "wasmscope.word",
      typeIndex: additions.type([i32], [i64]),
      body: assembleBody(
        [],
        [
          ["local.get", 0],
          ["i32.const", 3],
          "i32.shl",
          ...this.#memory.rebase,
          ["i64.load", ...this.#memory.memarg(3, 0)],
        ],
      ),
    });
  }
}
