import { demangle } from "../demangle.ts";
import type { SourceFrame } from "../debug-info.ts";
import type { EntryNames } from "./entry-names.ts";
import type { LineTable } from "./line-table.ts";
import type { Subroutines } from "./subroutines.ts";

const nothing: readonly SourceFrame[] = [];

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
    const rows = this.#lines?.rows;
    let file = rows && row >= 0 ? rows.file(row) : -1;
    let line = rows && row >= 0 ? rows.line(row) : 0;
    let column = rows && row >= 0 ? rows.column(row) : 0;
    const frames = [this.#frame(innermost, file, line, column)];
    let subroutine = innermost;
    while (subroutine >= 0 && parents[subroutine]! >= 0) {
      file = callFiles[subroutine]!;
      line = callLines[subroutine]!;
      column = callColumns[subroutine]!;
      subroutine = parents[subroutine]!;
      frames.push(this.#frame(subroutine, file, line, column));
    }
    return frames;
  }

  #frame(subroutine: number, fileNumber: number, line: number, column: number): SourceFrame {
    const names =
      subroutine < 0 ? undefined : this.#names.at(this.#subroutines.entries[subroutine]!);
    const mangledName = names?.linkage;
    const name = mangledName === undefined ? names?.plain : demangle(mangledName);
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
