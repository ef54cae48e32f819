import type { Elf, ElfSymbol } from "./elf.ts";
import { wasiNames } from "./catalogue/row.ts";
import type { Linking } from "./catalogue/row.ts";

/** Steps from the function that links to the address of what is linked: two or three are seen. */
const deepest = 6;

/** Relocations of x86-64 that put an address of the same file into a word of it. */
const relocationRelative = 8;
const relocationBytes = 24;

/** Versions of the definition by how many functions they have: `sock_accept` came last. */
const byCount: ReadonlyMap<number, readonly string[]> = new Map(
  [wasiNames, wasiNames.filter((name) => name !== "sock_accept")].map((all) => [all.length, all]),
);

/**
 * Finds the copies of a generic function, all of one name, that a runtime makes for each WASI function: by the order in
 * which the function that links them refers to them, which is that of WASI's definition. Gives none when there are not
 * exactly as many as WASI has functions.
 */
export function linkedFunctions(
  elf: Elf,
  functions: readonly ElfSymbol[],
  { by, through, each }: Linking,
): { readonly name: string; readonly symbol: ElfSymbol }[] {
  const byAddress = new Map(functions.map((one) => [one.address, one]));
  const words = relativeWords(elf);
  const found = new Map<number, readonly ElfSymbol[]>();
  const behind = (symbol: ElfSymbol, depth: number): readonly ElfSymbol[] => {
    if (each.test(symbol.name)) return [symbol];
    if (depth > deepest || !through.test(symbol.name)) return [];
    const known = found.get(symbol.address);
    if (known !== undefined) return known;
    // Functions may call each other in a circle.
    found.set(symbol.address, []);
    const all = referred(symbol).flatMap((one) => behind(one, depth + 1));
    const distinct = [...new Set(all)];
    found.set(symbol.address, distinct);
    return distinct;
  };
  const referred = (symbol: ElfSymbol): ElfSymbol[] =>
    addressesIn(elf, symbol, words)
      .map((address) => byAddress.get(address))
      .filter((one) => one !== undefined && one !== symbol) as ElfSymbol[];
  for (const linking of functions.filter(({ name }) => by.test(name))) {
    const all = new Set(referred(linking).flatMap((one) => behind(one, 0)));
    const names = byCount.get(all.size);
    if (names !== undefined) return [...all].map((symbol, nth) => ({ name: names[nth]!, symbol }));
  }
  return [];
}

/** Lists addresses that a function's code names by their distance, in its order, those in words among them. */
export function addressesIn(
  elf: Elf,
  { address, size }: ElfSymbol,
  words: ReadonlyMap<number, number>,
): number[] {
  const code = elf.at(address, size);
  const view = new DataView(code.buffer, code.byteOffset, code.length);
  const addresses: number[] = [];
  // Bytes that only look like such an instruction lead to no function's start.
  for (let at = 0; at + 7 <= code.length; at++) {
    const [first, second] = [code[at]!, code[at + 1]!];
    const isWide = (first === 0x48 || first === 0x4c) && (code[at + 2]! & 0xc7) === 5;
    // call or jmp by a distance; lea disp(%rip); mov, call and jmp through a word
    const isDirect = first === 0xe8 || first === 0xe9;
    const isAddress = isWide && second === 0x8d;
    const isWord =
      (isWide && second === 0x8b) || (first === 0xff && (second === 0x15 || second === 0x25));
    if (!isDirect && !isAddress && !isWord) continue;
    const from = at + (isDirect ? 1 : isWide ? 3 : 2);
    const target = address + from + 4 + view.getInt32(from, true);
    const named = isWord ? words.get(target) : target;
    if (named !== undefined) addresses.push(named);
  }
  return addresses;
}

/** Lists words that the loader fills with an address of this file, each with that address. */
export function relativeWords(elf: Elf): Map<number, number> {
  const words = new Map<number, number>();
  const section = elf.section(".rela.dyn");
  if (section === undefined) return words;
  const bytes = elf.content(section);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + relocationBytes <= bytes.length; at += relocationBytes) {
    if (view.getUint32(at + 8, true) !== relocationRelative) continue;
    words.set(Number(view.getBigUint64(at, true)), Number(view.getBigInt64(at + 16, true)));
  }
  return words;
}
