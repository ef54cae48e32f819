import { ByteReader } from "./byte-reader.ts";
import { attribute, form, tag } from "./constants.ts";
import type { Intervals } from "./intervals.ts";
import { NestedRanges } from "./nested-ranges.ts";
import { visitRanges } from "./ranges.ts";
import type { RangeVisitor } from "./ranges.ts";
import { isConstant } from "./units.ts";
import type { Unit } from "./units.ts";
import { readAddress, readNumber, skipValue } from "./values.ts";

/** What encloses an entry: no function, or one that the linker removed; else the number of a subroutine. */
const none = -1;
const removed = -2;

/**
 * The functions of a unit and what was inlined into them, as parallel arrays: numbers from 0 on, in the
 * order of the entries, so that what is inlined stands behind what it is inlined into.
 */
export interface Subroutines {
  /** Offsets of the entries in `.debug_info`. */
  readonly entries: readonly number[];
  /** The subroutine into which this one is inlined, -1 for functions. */
  readonly parents: readonly number[];
  readonly callFiles: readonly number[];
  readonly callLines: readonly number[];
  readonly callColumns: readonly number[];
  /** The innermost subroutine at each address. */
  readonly intervals: Intervals;
}

/**
 * Reads the entries of a unit for its subroutines. Faults are given to `note`; what stands in front of them
 * counts. `codeSize` bounds addresses: code of removed functions lies outside of (0, codeSize).
 */
export function readSubroutines(
  unit: Unit,
  codeSize: number,
  note: (error: unknown) => void,
): Subroutines {
  const walk = new EntryWalk(unit, codeSize, note);
  try {
    walk.run();
  } catch (error) {
    note(error);
  }
  return walk.take();
}

class EntryWalk {
  readonly #unit: Unit;
  readonly #codeSize: number;
  readonly #note: (error: unknown) => void;
  readonly #reader: ByteReader;
  readonly #entries: number[] = [];
  readonly #parents: number[] = [];
  readonly #callFiles: number[] = [];
  readonly #callLines: number[] = [];
  readonly #callColumns: number[] = [];
  readonly #ranges = new NestedRanges();

  // The attributes of the entry that is being read.
  #low: number | undefined;
  #high: number | undefined;
  #length: number | undefined;
  #list: number | undefined;
  #listIsIndexed = false;
  #callFile = 0;
  #callLine = 0;
  #callColumn = 0;

  constructor(unit: Unit, codeSize: number, note: (error: unknown) => void) {
    this.#unit = unit;
    this.#codeSize = codeSize;
    this.#note = note;
    const { bytes, info } = unit.sections;
    const { firstEntry, end } = unit.header;
    this.#reader = new ByteReader(bytes, info.start + firstEntry, info.start + end);
  }

  take(): Subroutines {
    return {
      entries: this.#entries,
      parents: this.#parents,
      callFiles: this.#callFiles,
      callLines: this.#callLines,
      callColumns: this.#callColumns,
      intervals: this.#ranges.take(),
    };
  }

  /** Walks over all entries; `owners` says for each open level what its entries lie in. */
  run(): void {
    const reader = this.#reader;
    const { abbreviations } = this.#unit;
    const { tags, hasChildren, sizes } = abbreviations;
    const base = this.#unit.sections.info.start;
    const owners: number[] = [];
    let owner = none;
    while (reader.position < reader.end) {
      const start = reader.position;
      const code = reader.uleb();
      if (code === 0) {
        owner = owners.pop() ?? none;
        continue;
      }
      const nth = abbreviations.find(code, start);
      const kind = tags[nth]!;
      let inside = owner;
      if (kind === tag.subprogram || kind === tag.inlinedSubroutine) {
        this.#attributes(nth);
        inside = this.#subroutine(start - base, kind === tag.subprogram ? none : owner);
      } else if (sizes[nth]! >= 0) reader.skip(sizes[nth]!);
      else this.#skip(nth);
      if (hasChildren[nth]!) {
        owners.push(owner);
        owner = inside;
      }
    }
  }

  #skip(nth: number): void {
    const { firstAttribute, forms } = this.#unit.abbreviations;
    const end = firstAttribute[nth + 1]!;
    for (let at = firstAttribute[nth]!; at < end; at++) {
      skipValue(this.#reader, forms[at]!, this.#unit);
    }
  }

  /** Books the entry whose attributes were read and says what its children lie in. */
  #subroutine(offset: number, parent: number): number {
    // Addresses inside of a removed function may be small numbers: linkers add offsets to zero.
    if (parent === removed) return removed;
    const number = this.#entries.length;
    let any = false;
    this.#visitRanges((low, high) => {
      if (low === 0 || low >= high || low >= this.#codeSize) return;
      this.#ranges.add(low, high, number);
      any = true;
    });
    if (!any && parent === none) return this.#hasCode() ? removed : none;
    this.#entries.push(offset);
    this.#parents.push(parent);
    this.#callFiles.push(this.#callFile);
    this.#callLines.push(this.#callLine);
    this.#callColumns.push(this.#callColumn);
    return number;
  }

  #hasCode(): boolean {
    return this.#list !== undefined || this.#low !== undefined;
  }

  /** Visits the ranges of the entry whose attributes were read. */
  #visitRanges(visit: RangeVisitor): void {
    const low = this.#low;
    if (this.#list === undefined) {
      if (low === undefined) return;
      visit(low, this.#length === undefined ? (this.#high ?? 0) : low + this.#length);
      return;
    }
    try {
      visitRanges(this.#unit, this.#list, this.#listIsIndexed, this.#unit.low ?? 0, visit);
    } catch (error) {
      this.#note(error);
    }
  }

  #attributes(nth: number): void {
    this.#low = this.#high = this.#length = this.#list = undefined;
    this.#callFile = this.#callLine = this.#callColumn = 0;
    const { firstAttribute, attributes, forms, implicitConstants } = this.#unit.abbreviations;
    const end = firstAttribute[nth + 1]!;
    for (let at = firstAttribute[nth]!; at < end; at++) {
      this.#attribute(attributes[at]!, forms[at]!, implicitConstants[at]!);
    }
  }

  #attribute(name: number, shape: number, constant: number): void {
    const reader = this.#reader;
    const unit = this.#unit;
    switch (name) {
      case attribute.lowPc:
        this.#low = readAddress(reader, shape, unit);
        return;
      case attribute.highPc:
        if (isConstant(shape)) this.#length = readNumber(reader, shape, constant, unit);
        else this.#high = readAddress(reader, shape, unit);
        return;
      case attribute.ranges:
        this.#list = readNumber(reader, shape, constant, unit);
        this.#listIsIndexed = shape === form.rnglistx;
        return;
      case attribute.callFile:
        this.#callFile = readNumber(reader, shape, constant, unit) ?? 0;
        return;
      case attribute.callLine:
        this.#callLine = readNumber(reader, shape, constant, unit) ?? 0;
        return;
      case attribute.callColumn:
        this.#callColumn = readNumber(reader, shape, constant, unit) ?? 0;
        return;
      default:
        skipValue(reader, shape, unit);
    }
  }
}
