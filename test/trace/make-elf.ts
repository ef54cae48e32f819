/** A function of a made file: its code stands at the address that `makeElf` gives it. */
export interface MadeFunction {
  readonly name: string;
  readonly code: Uint8Array;
}

/** What a made file has beside its functions. */
export interface MadeParts {
  readonly functions: readonly MadeFunction[];
  /** More sections, by name. */
  readonly sections?: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** Whether it has a symbol table. */
  readonly stripped?: boolean;
}

/** Where the code of a made file is loaded. */
const textAddress = 0x1000;
const functionAlignment = 16;
const headerBytes = 64;

/** Says where the functions of a made file stand, one after the other. */
export function addressesOf(functions: readonly MadeFunction[]): number[] {
  let next = textAddress;
  return functions.map(({ code }) => {
    const address = next;
    next += Math.ceil(code.length / functionAlignment) * functionAlignment;
    return address;
  });
}

/** Makes an ELF file for x86-64 of 64 bits: one loaded segment with the code, a symbol table, and more sections. */
export function makeElf({ functions, sections = [], stripped = false }: MadeParts): Uint8Array {
  const addresses = addressesOf(functions);
  const text = new Uint8Array(
    (addresses.at(-1) ?? textAddress) - textAddress + (functions.at(-1)?.code.length ?? 0),
  );
  for (const [nth, { code }] of functions.entries()) text.set(code, addresses[nth]! - textAddress);
  const names = namesOf(functions.map(({ name }) => name));
  const symbols = new Uint8Array(24 * (functions.length + 1));
  for (const [nth, { code }] of functions.entries()) {
    const view = new DataView(symbols.buffer, 24 * (nth + 1));
    view.setUint32(0, names.offsets[nth]!, true);
    view.setUint8(4, 2);
    view.setUint16(6, 1, true);
    view.setBigUint64(8, BigInt(addresses[nth]!), true);
    view.setBigUint64(16, BigInt(code.length), true);
  }
  return assemble([
    { name: ".text", bytes: text, type: 1, address: textAddress },
    ...(stripped
      ? []
      : [
          { name: ".strtab", bytes: names.bytes, type: 3 },
          { name: ".symtab", bytes: symbols, type: 2, link: 2 },
        ]),
    ...sections.map((one) => ({ ...one, type: 1 })),
  ]);
}

interface Section {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly type: number;
  readonly address?: number;
  readonly link?: number;
}

function assemble(given: readonly Section[]): Uint8Array {
  const names = namesOf([...given.map(({ name }) => name), ".shstrtab"]);
  const all = [...given, { name: ".shstrtab", bytes: names.bytes, type: 3 }];
  // Contents behind the header and the one segment; symbols are words, so that they must be aligned.
  let end = headerBytes + 56;
  const offsets = all.map(({ bytes }) => {
    const offset = Math.ceil(end / 8) * 8;
    end = offset + bytes.length;
    return offset;
  });
  const table = Math.ceil(end / 8) * 8;
  const file = new Uint8Array(table + 64 * (all.length + 1));
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  const halves = [
    [16, 3],
    [18, 62],
    [52, 64],
    [54, 56],
    [56, 1],
    [58, 64],
    [60, all.length + 1],
    [62, all.length],
  ] as const;
  for (const [at, value] of halves) view.setUint16(at, value, true);
  const word = (at: number, value: number): void => view.setBigUint64(at, BigInt(value), true);
  word(32, headerBytes);
  word(40, table);
  view.setUint32(headerBytes, 1, true);
  word(headerBytes + 8, offsets[0]!);
  word(headerBytes + 16, all[0]!.address ?? 0);
  word(headerBytes + 32, all[0]!.bytes.length);
  for (const [nth, { bytes, type, address = 0, link = 0 }] of all.entries()) {
    const at = table + 64 * (nth + 1);
    file.set(bytes, offsets[nth]);
    view.setUint32(at, names.offsets[nth]!, true);
    view.setUint32(at + 4, type, true);
    word(at + 16, address);
    word(at + 24, offsets[nth]!);
    word(at + 32, bytes.length);
    view.setUint32(at + 40, link, true);
  }
  return file;
}

function namesOf(names: readonly string[]): { bytes: Uint8Array; offsets: number[] } {
  let all = "\0";
  const offsets = names.map((name) => {
    const offset = all.length;
    all += `${name}\0`;
    return offset;
  });
  return { bytes: new TextEncoder().encode(all), offsets };
}
