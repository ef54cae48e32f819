import { Intervals } from "./intervals.ts";

/** Entries in a chunk: inserting moves half of one, looking up halves the list of chunks. */
const chunkSize = 512;

interface Chunk {
  readonly low: number[];
  readonly high: number[];
  readonly owner: number[];
}

/**
 * Collects ranges, each added behind what it is nested in, and keeps them apart: a range that is added cuts a
 * piece out of the one that it begins in. Where tools that rewrite code left ranges which reach out of what they
 * are nested in, this decides as llvm-symbolizer does: the piece that they reach into stays as it is.
 */
export class NestedRanges {
  readonly #chunks: Chunk[] = [{ low: [], high: [], owner: [] }];

  /** Adds the range [low, high) if there is anything in it. */
  add(low: number, high: number, owner: number): void {
    if (low >= high) return;
    const { chunk, nth } = this.#lastAtMost(low);
    const outer =
      nth < 0
        ? undefined
        : { low: chunk.low[nth]!, high: chunk.high[nth]!, owner: chunk.owner[nth]! };
    if (outer !== undefined && low < outer.high) {
      if (high < outer.high) this.#set(high, outer.high, outer.owner);
      if (low > outer.low) this.#set(outer.low, low, outer.owner);
    }
    this.#set(low, high, owner);
  }

  /** Gives the ranges in ascending order. */
  take(): Intervals {
    const all = (of: (chunk: Chunk) => number[]): Uint32Array =>
      Uint32Array.from(this.#chunks.flatMap(of), (value) => Math.min(value, 0xffff_ffff));
    return new Intervals(
      all(({ low }) => low),
      all(({ high }) => high),
      all(({ owner }) => owner),
    );
  }

  /** Sets the range that begins at `low`. */
  #set(low: number, high: number, owner: number): void {
    const { chunk, nth, at } = this.#lastAtMost(low);
    if (nth >= 0 && chunk.low[nth] === low) {
      chunk.high[nth] = high;
      chunk.owner[nth] = owner;
      return;
    }
    chunk.low.splice(nth + 1, 0, low);
    chunk.high.splice(nth + 1, 0, high);
    chunk.owner.splice(nth + 1, 0, owner);
    if (chunk.low.length <= chunkSize) return;
    const half = chunkSize / 2;
    const { low: lows, high: highs, owner: owners } = chunk;
    const upper = { low: lows.splice(half), high: highs.splice(half), owner: owners.splice(half) };
    this.#chunks.splice(at + 1, 0, upper);
  }

  /** Finds the last range that does not begin behind an address: its chunk and place there, -1 where none does. */
  #lastAtMost(address: number): { chunk: Chunk; at: number; nth: number } {
    const at = Math.max(
      0,
      lastAtMost(this.#chunks.length, address, (nth) => this.#chunks[nth]!.low[0] ?? 0),
    );
    const chunk = this.#chunks[at]!;
    return { chunk, at, nth: lastAtMost(chunk.low.length, address, (nth) => chunk.low[nth]!) };
  }
}

/** Finds the last of `count` ascending values that is not above `limit`, -1 where all are. */
function lastAtMost(count: number, limit: number, valueOf: (nth: number) => number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (valueOf(middle) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
