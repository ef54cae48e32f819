/** Collects ranges that may overlap, each with an owner's number. */
export class Ranges {
  readonly #low: number[] = [];
  readonly #high: number[] = [];
  readonly #owner: number[] = [];

  /** Adds the range [low, high) if there is anything in it. */
  add(low: number, high: number, owner: number): void {
    if (low >= high) return;
    this.#low.push(low);
    this.#high.push(high);
    this.#owner.push(owner);
  }

  /**
   * Gives ranges that do not overlap. Of several that cover an address the one stays that was added last:
   * what is nested stands behind what it is nested in.
   */
  flatten(): Intervals {
    const count = this.#low.length;
    const order = Uint32Array.from({ length: count }, (_, nth) => nth);
    order.sort((a, b) => this.#low[a]! - this.#low[b]! || a - b);
    const flat = new Flattened();
    // Ranges that have begun, in the order in which they were added; ended ones leave when they are on top.
    const open = new Heap();
    let next = 0;
    let position = 0;
    while (next < count || open.size > 0) {
      while (open.size > 0 && this.#high[open.top]! <= position) open.pop();
      if (open.size === 0) {
        if (next >= count) break;
        position = Math.max(position, this.#low[order[next]!]!);
      }
      while (next < count && this.#low[order[next]!]! <= position) open.push(order[next++]!);
      const top = open.top;
      const following = next < count ? this.#low[order[next]!]! : Infinity;
      const end = Math.min(this.#high[top]!, following);
      if (end > position) flat.add(position, end, this.#owner[top]!);
      position = Math.max(position, end);
    }
    return flat.take();
  }
}

/** Ranges that do not overlap, ascending, for look-ups. */
export class Intervals {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
  readonly owner: Uint32Array;

  constructor(low: Uint32Array, high: Uint32Array, owner: Uint32Array) {
    this.low = low;
    this.high = high;
    this.owner = owner;
  }

  /** Gives the owner of the range that covers an address, -1 where none does. */
  find(address: number): number {
    const nth = lastAtMost(this.low, address, 0, this.low.length);
    return nth >= 0 && address < this.high[nth]! ? this.owner[nth]! : -1;
  }

  /** Visits the ranges in ascending order. */
  forEach(visit: (low: number, high: number) => void): void {
    for (let nth = 0; nth < this.low.length; nth++) visit(this.low[nth]!, this.high[nth]!);
  }
}

/** Finds in the ascending `values[from, to)` the last that is not above `limit`; `from - 1` where all are. */
export function lastAtMost(values: Uint32Array, limit: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

class Flattened {
  readonly #low: number[] = [];
  readonly #high: number[] = [];
  readonly #owner: number[] = [];

  add(low: number, high: number, owner: number): void {
    const last = this.#low.length - 1;
    if (this.#high[last] === low && this.#owner[last] === owner) {
      this.#high[last] = high;
      return;
    }
    this.#low.push(low);
    this.#high.push(high);
    this.#owner.push(owner);
  }

  take(): Intervals {
    return new Intervals(
      Uint32Array.from(this.#low),
      Uint32Array.from(this.#high),
      Uint32Array.from(this.#owner),
    );
  }
}

/** A heap with the largest number on top. */
class Heap {
  readonly #items: number[] = [];

  get size(): number {
    return this.#items.length;
  }

  get top(): number {
    return this.#items[0]!;
  }

  push(item: number): void {
    const items = this.#items;
    let at = items.length;
    for (; at > 0;) {
      const parent = (at - 1) >> 1;
      if (items[parent]! >= item) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  pop(): void {
    const items = this.#items;
    const item = items.pop()!;
    if (items.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1]! > items[child]!) child++;
      if (items[child]! <= item) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = item;
  }
}
