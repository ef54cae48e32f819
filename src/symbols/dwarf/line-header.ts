import { DecodeError } from "../../bytes/index.ts";
import type { ByteReader } from "./byte-reader.ts";
import { readerAt } from "./debug-sections.ts";
import { readNumber, readText, skipValue } from "./values.ts";
import type { UnitContext } from "./values.ts";

/** What the line number program needs to run, and the tables that its numbers refer to. */
export interface LineHeader {
  readonly version: number;
  readonly minimumInstructionLength: number;
  readonly maximumOperations: number;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** Numbers of operands of the standard opcodes; the first is for opcode 1. */
  readonly operandCounts: readonly number[];
  /** From DWARF 5 on the first is the compilation's; before, the first is number 1. */
  readonly directories: readonly string[];
  readonly files: FileEntry[];
  /** Where the program lies. */
  readonly programStart: number;
  readonly end: number;
  /** Whether the section ends in front of the table's end. */
  readonly cut: boolean;
}

/** A source file as the table has it. */
export interface FileEntry {
  readonly name: string;
  readonly directory: number;
}

const contentType = { path: 1, directoryIndex: 2 } as const;

/** Reads a line table's header (DWARF 2 to 5: 6.2.4). Throws a `DecodeError` at its first fault. */
export function readLineHeader(unit: UnitContext, offset: number): LineHeader {
  const { sections } = unit;
  const reader = readerAt(sections.bytes, sections.line, offset);
  const { length, offsetSize } = readInitialLength(reader);
  // A table that is cut is read as far as it goes.
  const cut = reader.position + length > sections.line.end;
  const end = Math.min(reader.position + length, sections.line.end);
  reader.end = end;
  const version = reader.u16();
  if (version < 2 || version > 5) {
    throw new DecodeError(`line table of version ${version}`, reader.position - 2);
  }
  let addressSize = unit.addressSize;
  if (version >= 5) {
    addressSize = reader.u8();
    reader.skip(1);
  }
  const headerLength = reader.unsigned(offsetSize);
  const programStart = Math.min(reader.position + headerLength, end);
  const minimumInstructionLength = reader.u8();
  const maximumOperations = version >= 4 ? reader.u8() : 1;
  reader.skip(1);
  const lineBase = (reader.u8() << 24) >> 24;
  const lineRange = reader.u8();
  const opcodeBase = reader.u8();
  const operandCounts = Array.from({ length: Math.max(0, opcodeBase - 1) }, () => reader.u8());
  const context = { ...unit, version, addressSize, offsetSize };
  const tables = version >= 5 ? readTables(reader, context) : readOldTables(reader);
  return {
    version,
    minimumInstructionLength,
    maximumOperations,
    lineBase,
    lineRange,
    opcodeBase,
    operandCounts,
    ...tables,
    programStart,
    end,
    cut,
  };
}

/** Reads a unit's length, which also says whether its offsets have 4 or 8 bytes. */
export function readInitialLength(reader: ByteReader): { length: number; offsetSize: number } {
  const length = reader.u32();
  if (length < 0xfffffff0) return { length, offsetSize: 4 };
  if (length !== 0xffffffff) throw new DecodeError("a reserved length", reader.position - 4);
  return { length: reader.u64(), offsetSize: 8 };
}

type Tables = Pick<LineHeader, "directories" | "files">;

function readOldTables(reader: ByteReader): Tables {
  const directories: string[] = [];
  for (let name = reader.text(); name !== ""; name = reader.text()) directories.push(name);
  const files: FileEntry[] = [];
  for (let name = reader.text(); name !== ""; name = reader.text()) {
    files.push(readOldFile(reader, name));
  }
  return { directories, files };
}

/** Reads what follows the name of a file: directory, time and length. */
export function readOldFile(reader: ByteReader, name: string): FileEntry {
  const directory = reader.uleb();
  reader.uleb();
  reader.uleb();
  return { name, directory };
}

function readTables(reader: ByteReader, context: UnitContext): Tables {
  const directories = readEntries(reader, context).map((entry) => entry.name);
  return { directories, files: readEntries(reader, context) };
}

function readEntries(reader: ByteReader, context: UnitContext): FileEntry[] {
  const format = Array.from({ length: reader.u8() }, () => [reader.uleb(), reader.uleb()] as const);
  const count = reader.uleb();
  const entries: FileEntry[] = [];
  for (let nth = 0; nth < count; nth++) {
    const start = reader.position;
    entries.push(readEntry(reader, context, format));
    // Entries of no bytes could be any number.
    if (reader.position === start) throw new DecodeError("an entry without a path", start);
  }
  return entries;
}

function readEntry(
  reader: ByteReader,
  context: UnitContext,
  format: readonly (readonly [content: number, shape: number])[],
): FileEntry {
  let name = "";
  let directory = 0;
  for (const [content, shape] of format) {
    if (content === contentType.path) name = readText(reader, shape, context) ?? "";
    else if (content === contentType.directoryIndex) {
      directory = readNumber(reader, shape, 0, context) ?? 0;
    } else skipValue(reader, shape, context);
  }
  return { name, directory };
}
