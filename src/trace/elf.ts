/** A place in an ELF file that has a name. */
export interface ElfSymbol {
  readonly name: string;
  /** Where it is when the file is loaded at 0. */
  readonly address: number;
  readonly size: number;
}

/** A section of an ELF file. */
export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  /** Index of the section that this one speaks of, such as a symbol table's names. */
  readonly link: number;
  readonly info: number;
}

/** A part of the file that is loaded into memory. */
interface Segment {
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/** A symbol table, as it stands in the file: six words a symbol, and all names in one text. */
interface SymbolTable {
  readonly words: Uint32Array;
  readonly count: number;
  readonly names: string;
}

/** Says that a file is no ELF file that can be read here, and why. */
export class ElfError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ElfError";
  }
}

const magic = 0x7f454c46;
const sectionType = { symtab: 2, nobits: 8, dynsym: 11 } as const;
const segmentLoad = 1;
const symbolFunction = 2;
const symbolWords = 6;
const wordRange = 2 ** 32;

/**
 * An ELF file of 64 bits, little endian (x86-64, AArch64, BPF), of which only what is asked for is read: runtimes are
 * of 100 MB. Throws an `ElfError` for anything else, and for one that is cut short.
 */
export class Elf {
  readonly sections: readonly ElfSection[];
  /** `EM_X86_64` is 62, `EM_AARCH64` 183, `EM_BPF` 247. */
  readonly machine: number;
  readonly #read: (offset: number, length: number) => Uint8Array;
  readonly #segments: readonly Segment[];
  #functionTables: readonly SymbolTable[] | undefined;

  /** @param read Gives so many bytes of the file from an offset on; fewer where it ends. */
  constructor(read: (offset: number, length: number) => Uint8Array) {
    this.#read = read;
    const header = this.#view(0, 64);
    if (header.getUint32(0) !== magic) throw new ElfError("not an ELF file");
    if (header.getUint8(4) !== 2 || header.getUint8(5) !== 1) {
      throw new ElfError("an ELF file, but not of 64 bits, little endian");
    }
    this.machine = header.getUint16(18, true);
    this.#segments = this.#readSegments(header);
    this.sections = this.#readSections(header);
  }

  /** Finds a section by its name. */
  section(name: string): ElfSection | undefined {
    return this.sections.find((section) => section.name === name);
  }

  /** Reads a section's bytes; none for what takes no place in the file. */
  content(section: ElfSection): Uint8Array {
    if (section.type === sectionType.nobits) return new Uint8Array(0);
    return this.#bytes(section.offset, section.size);
  }

  /**
   * Lists the functions in the symbol tables, those for dynamic linking among them, whose names match; a name may occur
   * twice. Runtimes have up to 200 000: nothing is made for those that do not match.
   */
  functions(named?: RegExp): ElfSymbol[] {
    const found: ElfSymbol[] = [];
    for (const { words, count, names } of this.#tables()) {
      for (let nth = 0, at = 0; nth < count; nth++, at += symbolWords) {
        if ((words[at + 1]! & 15) !== symbolFunction) continue;
        const address = words[at + 2]! + words[at + 3]! * wordRange;
        if (address === 0) continue;
        const name = textAt(names, words[at]!);
        if (named !== undefined && !named.test(name)) continue;
        found.push({ name, address, size: words[at + 4]! + words[at + 5]! * wordRange });
      }
    }
    return found;
  }

  /** Lists all symbols of a table, in its order. */
  symbols(table: ElfSection): (ElfSymbol & { readonly type: number; readonly section: number })[] {
    const { words, count, names } = this.#table(table);
    return Array.from({ length: count }, (_, nth) => {
      const at = nth * symbolWords;
      return {
        name: textAt(names, words[at]!),
        type: words[at + 1]! & 15,
        section: words[at + 1]! >>> 16,
        address: words[at + 2]! + words[at + 3]! * wordRange,
        size: words[at + 4]! + words[at + 5]! * wordRange,
      };
    });
  }

  /** Where in the file the byte at an address is; undefined when it is not loaded from the file. */
  offsetOf(address: number): number | undefined {
    const segment = this.#segments.find(
      (one) => address >= one.address && address < one.address + one.size,
    );
    return segment === undefined ? undefined : address - segment.address + segment.offset;
  }

  /** Reads bytes by their address; fewer at a segment's end, none outside of all. */
  at(address: number, length: number): Uint8Array {
    const offset = this.offsetOf(address);
    return offset === undefined ? new Uint8Array(0) : this.#read(offset, length);
  }

  #tables(): readonly SymbolTable[] {
    this.#functionTables ??= this.sections
      .filter(({ type }) => type === sectionType.symtab || type === sectionType.dynsym)
      .map((table) => this.#table(table));
    return this.#functionTables;
  }

  #table(section: ElfSection): SymbolTable {
    const bytes = this.content(section);
    // A copy where the bytes do not begin at a multiple of four.
    const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
    const count = Math.floor(bytes.length / (4 * symbolWords));
    const words = new Uint32Array(aligned.buffer, aligned.byteOffset, count * symbolWords);
    const texts = this.sections[section.link];
    if (texts === undefined) throw new ElfError("an ELF file whose symbols have no names");
    return { words, count, names: latin1(this.content(texts)) };
  }

  #readSegments(header: DataView): Segment[] {
    const count = header.getUint16(56, true);
    if (count === 0) return [];
    const size = header.getUint16(54, true);
    const view = this.#view(Number(header.getBigUint64(32, true)), count * size);
    return Array.from({ length: count }, (_, nth) => nth * size)
      .filter((at) => view.getUint32(at, true) === segmentLoad)
      .map((at) => ({
        offset: Number(view.getBigUint64(at + 8, true)),
        address: Number(view.getBigUint64(at + 16, true)),
        size: Number(view.getBigUint64(at + 32, true)),
      }));
  }

  #readSections(header: DataView): ElfSection[] {
    const count = header.getUint16(60, true);
    if (count === 0) return [];
    const size = header.getUint16(58, true);
    const view = this.#view(Number(header.getBigUint64(40, true)), count * size);
    const rows = Array.from({ length: count }, (_, nth) => nth * size).map((at) => ({
      nameOffset: view.getUint32(at, true),
      type: view.getUint32(at + 4, true),
      address: Number(view.getBigUint64(at + 16, true)),
      offset: Number(view.getBigUint64(at + 24, true)),
      size: Number(view.getBigUint64(at + 32, true)),
      link: view.getUint32(at + 40, true),
      info: view.getUint32(at + 44, true),
    }));
    const namesOf = rows[header.getUint16(62, true)];
    if (namesOf === undefined) throw new ElfError("an ELF file whose sections have no names");
    const names = latin1(this.#bytes(namesOf.offset, namesOf.size));
    return rows.map(({ nameOffset, ...row }) => ({ ...row, name: textAt(names, nameOffset) }));
  }

  #view(offset: number, length: number): DataView {
    const bytes = this.#bytes(offset, length);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  #bytes(offset: number, length: number): Uint8Array {
    const bytes = this.#read(offset, length);
    if (bytes.length < length) {
      throw new ElfError(`the ELF file ends before 0x${(offset + length).toString(16)}`);
    }
    return bytes;
  }
}

/** One text of all names: parts of it cost no copy. Symbols of other bytes than ASCII are not looked for. */
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

function textAt(names: string, offset: number): string {
  const end = names.indexOf("\0", offset);
  return names.slice(offset, end < 0 ? names.length : end);
}
