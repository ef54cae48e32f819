import { DecodeError } from "../../bytes/index.ts";
import { readLineHeader } from "./line-header.ts";
import type { LineHeader } from "./line-header.ts";
import { runLineProgram } from "./line-program.ts";
import { LineRows } from "./line-rows.ts";
import { joinPath } from "./paths.ts";
import type { UnitContext } from "./values.ts";

/** The line table of a unit: rows, and the files that they name. */
export class LineTable {
  readonly rows: LineRows;
  readonly #header: LineHeader;
  readonly #directory: string;
  readonly #files: (string | undefined)[] = [];

  constructor(header: LineHeader, rows: LineRows, directory: string) {
    this.#header = header;
    this.rows = rows;
    this.#directory = directory;
  }

  /** Gives the path of a file by its number, absolute where the unit's directory is known. */
  file(number: number): string | undefined {
    const { files, version } = this.#header;
    const entry = files[version >= 5 ? number : number - 1];
    if (entry === undefined) return undefined;
    return (this.#files[number] ??= this.#path(entry.name, entry.directory));
  }

  #path(name: string, directory: number): string {
    const { directories, version } = this.#header;
    const inside = directories[version >= 5 ? directory : directory - 1] ?? "";
    return joinPath(this.#directory, inside, name);
  }
}

/**
 * Reads the line table at an offset in `.debug_line`. `directory` is the unit's, `codeSize` that of the
 * code section. Faults behind the header are given to `note`; those in it are thrown as a `DecodeError`.
 */
export function readLineTable(
  unit: UnitContext,
  offset: number,
  directory: string,
  codeSize: number,
  note: (error: unknown) => void,
): LineTable {
  const header = readLineHeader(unit, offset);
  const rows = new LineRows(codeSize);
  try {
    runLineProgram(unit.sections.bytes, header, rows);
    if (header.cut) throw new DecodeError("the last line table is cut", header.end);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    note(error);
  }
  return new LineTable(header, rows, directory);
}
