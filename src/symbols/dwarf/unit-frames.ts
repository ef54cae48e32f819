import type { SourceFrame } from "../debug-info.ts";
import type { EntryNames } from "./entry-names.ts";
import type { LineTable } from "./line-table.ts";
import type { LineRows } from "./line-rows.ts";
import type { Subroutines } from "./subroutines.ts";

const nothing: readonly SourceFrame[] = [];
/** Rows without a line look for one among so many before them, which bounds what broken data may cost. */
const farthestRow = 256;

/** Puts together what a unit knows of an address: equal answers are the same array. */
export class UnitFrames {
  readonly #lines: LineTable | undefined;
  readonly #subroutines: Subroutines;
  readonly #names: EntryNames;
  readonly #known = new Map<number, readonly SourceFrame[]>();

  constructor(lines: LineTable | undefined, subroutines: Subroutines, names: EntryNames) {
    this.#lines = lines;
    this.#subroutines = subroutines;
    this.#names = names;
  }

  /** Gives the frames at an address, the innermost first. */
  at(address: number): readonly SourceFrame[] {
    const subroutine = this.#subroutines.intervals.find(address);
    const row = this.#lines?.rows.find(address) ?? -1;
    if (subroutine < 0 && row < 0) return nothing;
    const key = (subroutine + 1) * ((this.#lines?.rows.count ?? 0) + 1) + row + 1;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const frames = this.#frames(subroutine, row);
    this.#known.set(key, frames);
    return frames;
  }

  #frames(innermost: number, row: number): readonly SourceFrame[] {
    const { parents, callFiles, callLines, callColumns } = this.#subroutines;
    const frames = [this.#innermostFrame(innermost, row)];
    let subroutine = innermost;
    while (subroutine >= 0 && parents[subroutine]! >= 0) {
      const inlined = subroutine;
      subroutine = parents[subroutine]!;
      const [file, line, column] = [
        callFiles[inlined]!,
        callLines[inlined]!,
        callColumns[inlined]!,
      ];
      frames.push(this.#frame(subroutine, file, line, column));
    }
    return frames;
  }

  #innermostFrame(subroutine: number, row: number): SourceFrame {
    const rows = this.#lines?.rows;
    if (rows === undefined || row < 0) return this.#frame(subroutine, -1, 0, 0);
    const at = (nth: number): SourceFrame =>
      this.#frame(subroutine, rows.file(nth), rows.line(nth), rows.column(nth));
    if (rows.line(row) > 0) return at(row);
    const near = this.#rowNearby(rows, subroutine, row);
    return near < 0 ? at(row) : { ...at(near), approximate: true };
  }

  /** Finds the row next to one without a line that has one and is of the same subroutine, else -1. */
  #rowNearby(rows: LineRows, subroutine: number, row: number): number {
    const { first, end } = rows.sequenceOf(row);
    const fits = (near: number): boolean =>
      rows.line(near) > 0 && this.#subroutines.intervals.find(rows.address(near)) === subroutine;
    for (let near = row - 1; near >= Math.max(first, row - farthestRow); near--) {
      if (fits(near)) return near;
    }
    for (let near = row + 1; near < Math.min(end, row + farthestRow); near++) {
      if (fits(near)) return near;
    }
    return -1;
  }

  #frame(subroutine: number, fileNumber: number, line: number, column: number): SourceFrame {
    const names =
      subroutine < 0 ? undefined : this.#names.at(this.#subroutines.entries[subroutine]!);
    const mangledName = names?.linkage;
    const name = names?.shown;
    const file = fileNumber < 0 ? undefined : this.#lines?.file(fileNumber);
    return {
      ...(name !== undefined && { name }),
      ...(mangledName !== undefined && { mangledName }),
      ...(file !== undefined && { file }),
      // Zero stands for code that no line has made.
      ...(line > 0 && { line }),
      ...(column > 0 && { column }),
    };
  }
}
