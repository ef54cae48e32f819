import { Ranges, lastAtMost } from "./intervals.ts";
import type { Intervals } from "./intervals.ts";

/** Rows of a line table: which line the code from an address on belongs to. */
export class LineRows {
  readonly #limit: number;
  #size = 0;
  #address = new Uint32Array(256);
  #file = new Uint32Array(256);
  #line = new Uint32Array(256);
  #column = new Uint32Array(256);
  #sequenceStart = 0;
  readonly #firstRows: number[] = [];
  readonly #endRows: number[] = [];
  readonly #ranges = new Ranges();
  #sequences: Intervals | undefined;

  /** `limit` is the size of the code: sequences that begin outside of (0, limit) are of removed functions. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Number of rows. */
  get count(): number {
    return this.#size;
  }

  /** Adds a row to the sequence that is being read. */
  add(address: number, file: number, line: number, column: number): void {
    if (this.#size === this.#address.length) this.#grow();
    const row = this.#size++;
    this.#address[row] = Math.min(address, 0xffffffff);
    this.#file[row] = file;
    this.#line[row] = line;
    this.#column[row] = column;
  }

  /** Ends a sequence in front of `end`. */
  endSequence(end: number): void {
    const first = this.#sequenceStart;
    const low = this.#address[first]!;
    if (this.#size > first && low > 0 && low < this.#limit && low < end) {
      // A function cannot begin at the code section's first byte, which counts the bodies: linkers put
      // removed functions there, or at the end of all addresses.
      this.#sort(first);
      this.#ranges.add(low, Math.min(end, this.#limit), this.#firstRows.length);
      this.#firstRows.push(first);
      this.#endRows.push(this.#size);
    } else this.#size = first;
    this.#sequenceStart = this.#size;
  }

  /** Finds the row of an address, -1 where there is none. Of several at one address the last counts. */
  find(address: number): number {
    this.#sequences ??= this.#ranges.flatten();
    const sequence = this.#sequences.find(address);
    if (sequence < 0) return -1;
    return lastAtMost(this.#address, address, this.#firstRows[sequence]!, this.#endRows[sequence]!);
  }

  /** Gives the rows of the sequence that a row is in. */
  sequenceOf(row: number): { first: number; end: number } {
    let low = 0;
    let high = this.#firstRows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#firstRows[middle]! <= row) low = middle + 1;
      else high = middle;
    }
    return { first: this.#firstRows[low - 1] ?? row, end: this.#endRows[low - 1] ?? row };
  }

  address(row: number): number {
    return this.#address[row]!;
  }

  file(row: number): number {
    return this.#file[row]!;
  }

  line(row: number): number {
    return this.#line[row]!;
  }

  column(row: number): number {
    return this.#column[row]!;
  }

  #grow(): void {
    const grown = (old: Uint32Array): Uint32Array<ArrayBuffer> => {
      const larger = new Uint32Array(2 * old.length);
      larger.set(old);
      return larger;
    };
    this.#address = grown(this.#address);
    this.#file = grown(this.#file);
    this.#line = grown(this.#line);
    this.#column = grown(this.#column);
  }

  /** Sorts the rows from `first` on by their addresses, as they must be and nearly always are. */
  #sort(first: number): void {
    const address = this.#address;
    let sorted = true;
    for (let row = first + 1; row < this.#size && sorted; row++) {
      sorted = address[row - 1]! <= address[row]!;
    }
    if (sorted) return;
    const order = Array.from({ length: this.#size - first }, (_, nth) => first + nth);
    order.sort((a, b) => address[a]! - address[b]! || a - b);
    for (const column of [this.#address, this.#file, this.#line, this.#column]) {
      column.set(
        order.map((row) => column[row]!),
        first,
      );
    }
  }
}
