import type { ElfSymbol } from "./elf.ts";

/**
 * The forms of the table, by the number that it begins with (Go's `internal/abi`, `CurrentPCLnTabMagic`); the last is
 * still that of Go 1.26.
 */
const forms: Readonly<Record<number, Form>> = {
  0xfffffffb: { since: "1.2", header: ["nfunc"], offsets: false },
  0xfffffffa: {
    since: "1.16",
    header: ["nfunc", "nfiles", "names", "units", "files", "values", "functions"],
    offsets: false,
  },
  0xfffffff0: {
    since: "1.18",
    header: ["nfunc", "nfiles", "text", "names", "units", "files", "values", "functions"],
    offsets: true,
  },
  0xfffffff1: {
    since: "1.20",
    header: ["nfunc", "nfiles", "text", "names", "units", "files", "values", "functions"],
    offsets: true,
  },
};

interface Form {
  readonly since: string;
  /** What stands behind the first eight bytes, each of the size of a pointer. */
  readonly header: readonly string[];
  /** Whether functions are told by 32-bit offsets from the text's start; by addresses otherwise. */
  readonly offsets: boolean;
}

/** The header's first bytes: the number, two zeros, the least size of an instruction, and that of a pointer. */
const fixedBytes = 8;

/**
 * Reads the names and addresses of all functions of a Go program from its table for stack traces (`.gopclntab`), which
 * `strip` leaves in place. Gives none when the bytes are no such table, or one of a form that is not known.
 * @param textStart Address of the program's code: newer linkers no longer write it into the table.
 */
export function readGoFunctions(
  table: Uint8Array,
  textStart: number,
  named: RegExp = /(?:)/,
): ElfSymbol[] {
  const view = new DataView(table.buffer, table.byteOffset, table.length);
  if (table.length < fixedBytes) return [];
  const form = forms[view.getUint32(0, true)];
  const pointerBytes = view.getUint8(7);
  if (form === undefined || pointerBytes !== 8 || view.getUint16(4, true) !== 0) return [];
  try {
    return readFunctions(view, form, textStart, named);
  } catch (error) {
    // A number in the table that leads outside of it.
    if (error instanceof RangeError) return [];
    throw error;
  }
}

function readFunctions(
  view: DataView,
  { header, offsets }: Form,
  textStart: number,
  named: RegExp,
): ElfSymbol[] {
  const word = (at: number): number => Number(view.getBigUint64(at, true));
  const field = (name: string): number => {
    const nth = header.indexOf(name);
    return nth < 0 ? 0 : word(fixedBytes + 8 * nth);
  };
  const names = field("names");
  // The oldest form has no offsets: its list of functions follows the header, and all counts from the table's start.
  const list = header.length === 1 ? fixedBytes + 8 : field("functions");
  const base = header.length === 1 ? 0 : list;
  const [entryBytes, number] = offsets
    ? [4, (at: number): number => view.getUint32(at, true)]
    : [8, word];
  const text = offsets ? field("text") || textStart : 0;
  const count = field("nfunc");
  const found: ElfSymbol[] = [];
  for (let nth = 0, at = list; nth < count; nth++, at += 2 * entryBytes) {
    const about = base + number(at + entryBytes);
    const name = textAt(view, names + view.getInt32(about + entryBytes, true));
    if (!named.test(name)) continue;
    const start = number(at);
    // Behind the last function stands where it ends.
    found.push({ name, address: text + start, size: number(at + 2 * entryBytes) - start });
  }
  return found;
}

function textAt(view: DataView, offset: number): string {
  let end = offset;
  while (view.getUint8(end) !== 0) end++;
  return Buffer.from(view.buffer, view.byteOffset + offset, end - offset).toString("latin1");
}
