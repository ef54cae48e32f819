import type { SourceFrame } from "./debug-info.ts";
import { lastAtMost } from "./dwarf/intervals.ts";
import type { Notes } from "./notes.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** Values of the digits of Base64 by character code, -1 for other characters. */
const digits: Int8Array = Int8Array.from({ length: 128 }, (_, code) =>
  alphabet.indexOf(String.fromCharCode(code)),
);
const comma = 0x2c;
const semicolon = 0x3b;

/** The mappings of a source map's first line, from offsets in the file to places in the sources. */
export class Mappings {
  readonly #notes: Notes;
  readonly #sources: (string | undefined)[] = [];
  readonly #names: (string | undefined)[] = [];
  #offsets: Uint32Array = new Uint32Array(0);
  readonly #offset: number[] = [];
  /** -1: the code comes from no source. */
  readonly #source: number[] = [];
  readonly #line: number[] = [];
  readonly #column: number[] = [];
  readonly #name: number[] = [];

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  /** Adds mappings whose columns count from `base`; they refer to `sources` and `names` by index. */
  add(
    text: string,
    base: number,
    sources: readonly (string | undefined)[],
    names: readonly (string | undefined)[],
  ): void {
    const firstSource = this.#sources.length;
    const firstName = this.#names.length;
    for (const source of sources) this.#sources.push(source);
    for (const name of names) this.#names.push(name);
    // Offset, source, line, column, name: each number is the difference to the one before.
    const totals = [base, 0, 0, 0, 0];
    for (let at = 0; at < text.length && text.charCodeAt(at) !== semicolon; at++) {
      let fields = 0;
      while (
        at < text.length &&
        text.charCodeAt(at) !== comma &&
        text.charCodeAt(at) !== semicolon
      ) {
        let value = 0;
        let scale = 1;
        for (;;) {
          const digit = at < text.length ? (digits[text.charCodeAt(at)] ?? -1) : -1;
          if (digit < 0) {
            this.#notes.add("The source map's mappings are broken.");
            return;
          }
          at++;
          value += (digit & 31) * scale;
          scale *= 32;
          if (digit < 32) break;
        }
        if (fields < 5) totals[fields]! += value % 2 === 1 ? -(value - 1) / 2 : value / 2;
        fields++;
      }
      if (fields > 0) this.#push(totals, fields, firstSource, firstName);
      // The end of the line is also that of the code.
      if (text.charCodeAt(at) === semicolon) return;
    }
  }

  #push(totals: readonly number[], fields: number, firstSource: number, firstName: number): void {
    this.#offset.push(totals[0]!);
    this.#source.push(fields >= 4 ? firstSource + totals[1]! : -1);
    this.#line.push(totals[2]!);
    this.#column.push(totals[3]!);
    this.#name.push(fields >= 5 ? firstName + totals[4]! : -1);
  }

  /** Makes the mappings ready for look-ups. */
  sort(): void {
    const order = this.#offset.map((_, nth) => nth);
    order.sort((a, b) => this.#offset[a]! - this.#offset[b]! || a - b);
    for (const column of [this.#offset, this.#source, this.#line, this.#column, this.#name]) {
      const old = column.slice();
      for (const [nth, from] of order.entries()) column[nth] = old[from]!;
    }
    this.#offsets = Uint32Array.from(this.#offset);
  }

  /** Finds the last mapping at or in front of an offset, -1 where there is none. */
  find(offset: number): number {
    return lastAtMost(this.#offsets, offset, 0, this.#offsets.length);
  }

  /** Gives the offset at which a mapping begins. */
  offset(nth: number): number {
    return this.#offsets[nth]!;
  }

  /** Gives the place that a mapping leads to, undefined where the code comes from no source. */
  frame(nth: number): SourceFrame | undefined {
    const file = this.#sources[this.#source[nth]!];
    if (file === undefined) return undefined;
    const name = this.#names[this.#name[nth]!];
    return {
      ...(name !== undefined && { name }),
      file,
      line: this.#line[nth]! + 1,
      column: this.#column[nth]! + 1,
    };
  }
}
