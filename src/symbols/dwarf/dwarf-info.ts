import type { DebugInfo, SourceFrame } from "../debug-info.ts";
import { Notes } from "../notes.ts";
import { Abbreviations } from "./abbreviations.ts";
import type { DebugSections } from "./debug-sections.ts";
import { EntryNames } from "./entry-names.ts";
import { Ranges } from "./intervals.ts";
import type { Intervals } from "./intervals.ts";
import { readLineTable } from "./line-table.ts";
import type { LineTable } from "./line-table.ts";
import { visitRanges } from "./ranges.ts";
import { readSubroutines } from "./subroutines.ts";
import type { Subroutines } from "./subroutines.ts";
import { UnitFrames } from "./unit-frames.ts";
import { readUnit, readUnitHeaders } from "./units.ts";
import type { Unit, UnitHeader } from "./units.ts";

const nothing: readonly SourceFrame[] = [];

/**
 * Answers from DWARF. Opening it reads the headers of the units and their first entries; lines and functions
 * of a unit are read when one of its offsets is asked for.
 */
export class DwarfInfo implements DebugInfo {
  readonly kind = "dwarf";
  readonly #sections: DebugSections;
  readonly #codeStart: number;
  readonly #codeSize: number;
  readonly #notes: Notes;
  readonly #headers: readonly UnitHeader[];
  readonly #units: (Unit | undefined)[] = [];
  readonly #frames: (UnitFrames | undefined)[] = [];
  readonly #abbreviations = new Map<string, Abbreviations>();
  readonly #subroutines = new Map<number, Subroutines>();
  readonly #names: EntryNames;
  readonly #ranges: Intervals;

  /** `codeStart` and `codeSize` say where the code section's content lies in the original file. */
  constructor(sections: DebugSections, codeStart: number, codeSize: number, notes: Notes) {
    this.#sections = sections;
    this.#codeStart = codeStart;
    this.#codeSize = codeSize;
    this.#notes = notes;
    this.#headers = readUnitHeaders(sections, (error) => this.#fault(".debug_info", error));
    this.#names = new EntryNames(
      (offset) => this.#unitAt(offset),
      (error) => this.#fault(".debug_info", error),
    );
    this.#ranges = this.#indexUnits();
  }

  get notes(): readonly string[] {
    return this.#notes.list;
  }

  framesAt(offset: number): readonly SourceFrame[] {
    const address = offset - this.#codeStart;
    const nth = this.#ranges.find(address);
    if (nth < 0) return nothing;
    return (this.#frames[nth] ??= this.#open(this.#unit(nth)!)).at(address);
  }

  #fault(place: string, error: unknown): void {
    this.#notes.fault(place, error);
  }

  #indexUnits(): Intervals {
    const ranges = new Ranges();
    // Where units overlap the first one counts: added last.
    for (let nth = this.#headers.length - 1; nth >= 0; nth--) {
      const unit = this.#unit(nth);
      if (unit === undefined) continue;
      if (unit.split)
        this.#notes.add("The functions' entries are in .dwo files, which are not read.");
      this.#addUnit(ranges, unit, nth);
    }
    return ranges.flatten();
  }

  #addUnit(ranges: Ranges, unit: Unit, nth: number): void {
    let known = false;
    const add = (low: number, high: number): void => {
      known = true;
      // Removed functions begin at zero or behind everything.
      if (low > 0 && low < this.#codeSize) ranges.add(low, Math.min(high, this.#codeSize), nth);
    };
    try {
      if (unit.ranges !== undefined) {
        visitRanges(unit, unit.ranges, unit.rangesAreIndexed, unit.low ?? 0, add);
      } else if (unit.low !== undefined && unit.high !== undefined) add(unit.low, unit.high);
    } catch (error) {
      this.#fault("the ranges of a unit", error);
    }
    // Tools that rewrite code may leave no ranges for the unit.
    if (!known) this.#subroutinesOf(unit).intervals.forEach(add);
  }

  #unitAt(offset: number): Unit | undefined {
    let low = 0;
    let high = this.#headers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#headers[middle]!.end <= offset) low = middle + 1;
      else high = middle;
    }
    const header = this.#headers[low];
    return header !== undefined && offset >= header.firstEntry ? this.#unit(low) : undefined;
  }

  #unit(nth: number): Unit | undefined {
    if (nth in this.#units) return this.#units[nth];
    const header = this.#headers[nth]!;
    let unit: Unit | undefined;
    try {
      if (!header.typeUnit) unit = readUnit(this.#sections, header, this.#abbreviationsOf(header));
    } catch (error) {
      this.#fault(".debug_info", error);
    }
    this.#units[nth] = unit;
    return unit;
  }

  #abbreviationsOf(header: UnitHeader): Abbreviations {
    const { abbreviations, version, addressSize, offsetSize } = header;
    const key = [abbreviations, version, addressSize, offsetSize].join();
    const known = this.#abbreviations.get(key);
    if (known !== undefined) return known;
    const table = new Abbreviations(this.#sections, abbreviations, header);
    this.#abbreviations.set(key, table);
    return table;
  }

  #open(unit: Unit): UnitFrames {
    return new UnitFrames(this.#linesOf(unit), this.#subroutinesOf(unit), this.#names);
  }

  #linesOf(unit: Unit): LineTable | undefined {
    if (unit.lineTable === undefined) return undefined;
    const note = (error: unknown): void => this.#fault(".debug_line", error);
    try {
      return readLineTable(unit, unit.lineTable, unit.directory, this.#codeSize, note);
    } catch (error) {
      note(error);
      return undefined;
    }
  }

  #subroutinesOf(unit: Unit): Subroutines {
    const { offset } = unit.header;
    const known = this.#subroutines.get(offset);
    if (known !== undefined) return known;
    const read = readSubroutines(unit, this.#codeSize, (error) =>
      this.#fault(".debug_info", error),
    );
    this.#subroutines.set(offset, read);
    return read;
  }
}
