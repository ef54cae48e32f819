import { malformed } from "./itanium/malformed.ts";
import { decodePunycode } from "./punycode.ts";

const base62Digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
/** How deep the grammar's rules may nest: a few stack frames each. Real names stay below 60. */
const maxDepth = 200;
/** What a name may cost, in rules and characters: back references can make a short name print as gigabytes. */
const budget = 1 << 16;

/** Decoding takes time quadratic in the length. */
const maxPunycode = 1000;

/** An identifier with its disambiguator, a number that keeps equal names apart. */
export interface Identifier {
  readonly name: string;
  readonly disambiguator: number;
}

/** The place in a name of Rust's v0 scheme, with bounds on what reading it may cost. */
export class Reader {
  readonly source: string;
  position: number;
  /** How many lifetimes the enclosing `for<…>` have bound. */
  boundLifetimes = 0;
  #depth = 0;
  #spent = 0;

  constructor(source: string, position: number) {
    this.source = source;
    this.position = position;
  }

  fail(): never {
    throw malformed;
  }

  peek(): string {
    return this.source[this.position] ?? "";
  }

  next(): string {
    const letter = this.source[this.position++];
    return letter ?? this.fail();
  }

  take(letter: string): boolean {
    if (this.source[this.position] !== letter) return false;
    this.position++;
    return true;
  }

  /** Reads `_` (0), `0_` (1), … in base 62. */
  base62(): number {
    if (this.take("_")) return 0;
    let value = 0;
    for (;;) {
      const letter = this.next();
      if (letter === "_") return value + 1;
      const digit = base62Digits.indexOf(letter);
      value = value * 62 + digit;
      if (digit < 0 || value >= 2 ** 64) this.fail();
    }
  }

  /** Reads a number after a tag; 0 without the tag. */
  optionalBase62(tag: string): number {
    return this.take(tag) ? this.base62() + 1 : 0;
  }

  /**
   * Reads the number that keeps equal names apart, or 0. For crates it is a hash of 64 bits, for which a
   * JavaScript number is too short: only small ones, as those of closures, are printed.
   */
  disambiguator(): number {
    return this.optionalBase62("s");
  }

  /** Reads `[s<disambiguator>] [u] <length> [_] <bytes>`. */
  identifier(): Identifier {
    const disambiguator = this.disambiguator();
    return { disambiguator, name: this.plainIdentifier() };
  }

  /** Reads an identifier without a disambiguator. */
  plainIdentifier(): string {
    const punycoded = this.take("u");
    const length = this.decimal();
    this.take("_");
    const start = this.position;
    this.position = start + length;
    if (this.position > this.source.length) this.fail();
    const bytes = this.source.slice(start, this.position);
    this.spend(length);
    if (!punycoded) return bytes;
    if (length > maxPunycode) this.fail();
    const split = bytes.lastIndexOf("_");
    const [ascii, digits] =
      split < 0 ? ["", bytes] : [bytes.slice(0, split), bytes.slice(split + 1)];
    return (digits === "" ? undefined : decodePunycode(ascii, digits)) ?? this.fail();
  }

  /** Reads a decimal number without leading zeros. */
  decimal(): number {
    const digits = /^(?:0|[1-9][0-9]{0,6})/.exec(
      this.source.slice(this.position, this.position + 7),
    );
    if (digits === null) return this.fail();
    this.position += digits[0].length;
    return Number(digits[0]);
  }

  /** Reads hexadecimal digits up to `_`. */
  hexadecimal(): string {
    const start = this.position;
    const end = this.source.indexOf("_", start);
    if (end < 0) this.fail();
    const digits = this.source.slice(start, end);
    if (!/^[0-9a-f]*$/.test(digits)) this.fail();
    this.position = end + 1;
    this.spend(digits.length);
    return digits;
  }

  /** Runs a rule one level deeper. */
  nest(rule: (reader: Reader) => string): string {
    if (++this.#depth > maxDepth) this.fail();
    this.spend(1);
    const text = rule(this);
    this.#depth--;
    return text;
  }

  /** Reads `B<offset>`: the same again as at an earlier place. Offsets count from after `_R`. */
  backReference(start: number, rule: (reader: Reader) => string): string {
    const own = this.position - 1;
    const target = start + this.base62();
    if (target >= own) this.fail();
    const saved = this.position;
    this.position = target;
    const text = this.nest(rule);
    this.position = saved;
    return text;
  }

  /** Reads items up to an `E`. */
  listToEnd(item: (reader: Reader) => string): string[] {
    const items: string[] = [];
    while (!this.take("E")) items.push(item(this));
    return items;
  }

  /** Counts work done; gives up when it is too much. */
  spend(amount: number): void {
    this.#spent += amount;
    if (this.#spent > budget) this.fail();
  }
}
