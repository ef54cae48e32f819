import { Sink } from "../../src/bytes/index.ts";

/** The bytes of each section by its name. */
export type Sections = Record<string, Uint8Array>;

const text = (value: string): number[] => [...Buffer.from(value), 0];
const bodies = [
  [0, 0x0b],
  [0, 0x01, 0x01, 0x01, 0x01, 0x01, 0x0b],
  [0, 0x01, 0x01, 0x0b],
];

/** Where the second function begins, behind the start of the code section's content, and its size. */
const outer = { low: 5, size: 7 } as const;

/** Makes a module of three functions with custom sections. */
export function moduleWith(sections: Sections): Uint8Array {
  const sink = new Sink(256);
  sink.bytes(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  const section = (id: number, content: readonly number[] | Uint8Array): void => {
    sink.byte(id);
    sink.u32(content.length);
    sink.bytes(Uint8Array.from(content));
  };
  section(1, [1, 0x60, 0, 0]);
  section(3, [3, 0, 0, 0]);
  section(10, [3, ...bodies.flatMap((body) => [body.length, ...body])]);
  for (const [name, content] of Object.entries(sections)) {
    section(0, [name.length, ...Buffer.from(name), ...content]);
  }
  return sink.take();
}

/** Writes numbers as DWARF has them, with offsets of 4 or 8 bytes. */
class Writer {
  readonly bytes: number[] = [];
  readonly offsetSize: number;

  constructor(offsetSize: number) {
    this.offsetSize = offsetSize;
  }

  number(value: number, size: number): this {
    for (let nth = 0; nth < size; nth++) {
      this.bytes.push(nth < 6 ? Math.floor(value / 256 ** nth) % 256 : 0);
    }
    return this;
  }

  add(...bytes: readonly number[]): this {
    this.bytes.push(...bytes);
    return this;
  }

  offset(value: number): this {
    return this.number(value, this.offsetSize);
  }

  /** Puts the length in front of what was written. */
  unit(): number[] {
    const length = new Writer(this.offsetSize);
    if (this.offsetSize === 8) length.number(0xffffffff, 4);
    return [...length.offset(this.bytes.length).bytes, ...this.bytes];
  }
}

/** DWARF 5 with indirect texts, addresses and range lists, and `inner` inlined into `outer`. */
export function dwarf5(offsetSize: 4 | 8): Sections {
  const writer = (): Writer => new Writer(offsetSize);
  const strings = ["outer", "_ZN5space5innerEv", "inner"];
  const starts = [0, 6, 24];
  const table = writer().number(5, 2).number(0, 2);
  for (const start of starts) table.offset(start);
  const addresses = writer().number(5, 2).add(4, 0).number(outer.low, 4).number(0xffffffff, 4);
  const lists = writer().number(5, 2).add(4, 0).number(1, 4).offset(offsetSize);
  // startx_endx would need another address; a base, an offset pair, and a removed function.
  lists.add(1, 0, 4, 2, 5, 3, 1, 9, 0);
  const header = offsetSize === 8 ? 12 + 4 : 4 + 4;
  const abbreviations = [
    // Unit: str_offsets_base, addr_base, rnglists_base, stmt_list, comp_dir, ranges-less low and high.
    [1, 0x11, 1, 0x72, 0x17, 0x73, 0x17, 0x74, 0x17, 0x10, 0x17, 0x1b, 0x08],
    [0x11, 0x1b, 0x12, 0x0b, 0, 0],
    // Subprogram: name strx1, low addrx, high data1.
    [2, 0x2e, 1, 0x03, 0x25, 0x11, 0x1b, 0x12, 0x0b, 0, 0],
    // Inlined: abstract_origin ref4, ranges rnglistx, call_file implicit 1, call_line udata, call_column indirect.
    [3, 0x1d, 0, 0x31, 0x13, 0x55, 0x23, 0x58, 0x21, 1, 0x59, 0x0f, 0x57, 0x16, 0, 0],
    // Abstract: specification ref_udata. Declaration: linkage_name strx, name strx3, external flag_present.
    [4, 0x2e, 0, 0x47, 0x15, 0, 0],
    [5, 0x2e, 0, 0x6e, 0x1a, 0x03, 0x27, 0x3f, 0x19, 0, 0],
    // A removed function.
    [6, 0x2e, 0, 0x11, 0x1b, 0x12, 0x0f, 0, 0],
    [0],
  ].flat();
  const info = writer().number(5, 2).add(1, 4).offset(0);
  const start = info.bytes.length + (offsetSize === 8 ? 12 : 4);
  info
    .add(1)
    .offset(header)
    .offset(header)
    .offset(header + 4)
    .offset(0)
    .add(...text("/code"));
  info.add(0, 7);
  const at = (): number => info.bytes.length + (start - 2 - 1 - 1 - offsetSize);
  const declaration = at();
  info.add(5, 1, 2, 0, 0);
  const abstract = at();
  info.add(4, declaration);
  info.add(2, 0, 0, 7);
  info.add(3).number(abstract, 4).add(0, 33, 0x0b, 9);
  info.add(0);
  info.add(6, 1, 7, 0);
  const line = writer();
  const lineHeader = new Writer(offsetSize).add(1, 1, 1, 0xfb, 14, 13);
  lineHeader.add(0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1);
  lineHeader.add(1, 1, 0x08, 2, ...text("/code"), ...text("src"));
  lineHeader.add(2, 1, 0x08, 2, 0x0b, 2, ...text("a.c"), 0, ...text("b.c"), 1);
  line
    .number(5, 2)
    .add(4, 0)
    .offset(lineHeader.bytes.length)
    .add(...lineHeader.bytes);
  // Rows at 5 (line 10 of b.c), 7 (line 20), 9 (no line), 10 (line 12); a removed function.
  line.add(0, 5, 2).number(outer.low, 4);
  line.add(3, 9, 5, 2, 1, 2, 2, 3, 10, 1, 2, 2, 3, 0x6c, 1, 2, 1, 3, 12, 1, 2, 2, 0, 1, 1);
  line.add(0, 5, 2).number(0xffffffff, 4).add(3, 70, 1, 2, 9, 0, 1, 1);
  return {
    ".debug_info": Uint8Array.from(info.unit()),
    ".debug_abbrev": Uint8Array.from(abbreviations),
    ".debug_line": Uint8Array.from(line.unit()),
    ".debug_str": Uint8Array.from(strings.flatMap(text)),
    ".debug_str_offsets": Uint8Array.from(table.unit()),
    ".debug_addr": Uint8Array.from(addresses.unit()),
    ".debug_rnglists": Uint8Array.from(lists.unit()),
  };
}

/** DWARF 2 to 4 with everything in place. Functions 1 and 2 are in two units; a third unit is of no known version. */
export function dwarf4(version: 2 | 3 | 4): Sections {
  const abbreviations = [
    [1, 0x11, 1, 0x10, 0x06, 0x1b, 0x08, 0x55, 0x06, 0, 0],
    [2, 0x2e, 0, 0x03, 0x08, 0x11, 0x01, 0x12, 0x01, 0, 0],
    [77, 0x34, 0, 0x02, 0x0a, 0x03, 0x0e, 0, 0],
    [3, 0x11, 0, 0x11, 0x01, 0x12, 0x01, 0x03, 0x08, 0, 0],
    [0],
  ].flat();
  const first = new Writer(4).number(version, 2).offset(0).add(4);
  first
    .add(1)
    .offset(0)
    .add(...text("/w"))
    .offset(0);
  first.add(77, 3, 1, 2, 3).offset(0);
  first
    .add(2, ...text("one"))
    .number(5, 4)
    .number(12, 4);
  first
    .add(2, ...text("gone"))
    .number(0, 4)
    .number(12, 4)
    .add(0);
  const second = new Writer(4).number(version, 2).offset(0).add(4);
  second
    .add(3)
    .number(13, 4)
    .number(17, 4)
    .add(...text("x.c"));
  const unknown = new Writer(4).number(9, 2).add(1, 2, 3);
  const ranges = new Writer(4);
  for (const value of [0xffffffff, 4, 1, 8, 0xfffffffe, 0xfffffffe, 0, 0]) ranges.number(value, 4);
  const header = new Writer(4).add(1, ...(version >= 4 ? [1] : []), 1, 0xff, 4, 10);
  header.add(0, 1, 1, 1, 1, 0, 0, 0, 1, ...text("include"), 0);
  header.add(...text("a.c"), 0, 0, 0, ...text("/abs/b.h"), 1, 0, 0, 0);
  const line = new Writer(4)
    .number(version, 2)
    .offset(header.bytes.length)
    .add(...header.bytes);
  // Special opcodes: address by 1 and line by 2; then the file that the program defines.
  line.add(0, 5, 2).number(5, 4).add(1, 17, 4, 2, 17);
  line.add(0, 8, 3, ...text("c.c"), 1, 0, 0, 4, 3, 17, 9, 4, 0, 0, 1, 1);
  return {
    ".debug_info": Uint8Array.from([...first.unit(), ...second.unit(), ...unknown.unit()]),
    ".debug_abbrev": Uint8Array.from(abbreviations),
    ".debug_line": Uint8Array.from(line.unit()),
    ".debug_ranges": Uint8Array.from(ranges.bytes),
    ".debug_str": Uint8Array.of(0),
  };
}
