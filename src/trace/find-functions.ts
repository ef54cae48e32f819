import type { CatalogueRow } from "./catalogue.ts";
import type { Elf, ElfSymbol } from "./elf.ts";
import { findProbeSite, findReturnSite } from "./sites.ts";

/** Where to probe one runtime's file; all places are offsets in it. */
export interface FoundFunctions {
  /** Places at which WASI functions are entered: some runtimes have several copies of one. */
  readonly entries: readonly { readonly name: string; readonly offset: number }[];
  /** The beginnings of the same functions, of which the kernel sees the return; none where `goReturn` sees it. */
  readonly starts: readonly { readonly name: string; readonly offset: number }[];
  readonly goReturn?: number;
  /** Places that are passed when the guest is about to begin. */
  readonly guests: readonly number[];
  /** Functions at whose entry the kernel must step: each call costs 13 to 16 microseconds more. */
  readonly stepped: readonly string[];
}

/** How much of a function is read to find a place in it. */
const codeBytes = 256;

/**
 * Finds the WASI functions of a runtime by its symbols, those only that `wanted` names. Undefined when there are none:
 * a stripped file, or another runtime.
 */
export function findFunctions(
  elf: Elf,
  row: CatalogueRow,
  wanted: (name: string) => boolean = () => true,
): FoundFunctions | undefined {
  const symbols = elf.functions();
  const functions = wasiFunctions(symbols, row).filter(({ name }) => wanted(name));
  if (functions.length === 0) return undefined;
  const place = ({ address }: ElfSymbol): number => elf.offsetOf(address)!;
  const stepped: string[] = [];
  const entries = functions.map(({ name, symbol }) => {
    const { offset, cost } = findProbeSite(elf.at(symbol.address, codeBytes));
    if (cost === "stepped") stepped.push(name);
    return { name, offset: place(symbol) + offset };
  });
  const matching = (pattern: RegExp | undefined): ElfSymbol[] =>
    pattern === undefined ? [] : symbols.filter(({ name }) => pattern.test(name));
  const [around] = matching(row.goReturns);
  const site = around && findReturnSite(elf.at(around.address, codeBytes));
  if (row.goReturns !== undefined && site === undefined) return undefined;
  return {
    entries,
    starts:
      site === undefined
        ? functions.map(({ name, symbol }) => ({ name, offset: place(symbol) }))
        : [],
    stepped,
    ...(site === undefined ? {} : { goReturn: place(around!) + site }),
    guests: matching(row.guest).map(
      (symbol) => place(symbol) + findProbeSite(elf.at(symbol.address, codeBytes)).offset,
    ),
  };
}

/** Lists the symbols of WASI functions, each address once. */
function wasiFunctions(
  symbols: readonly ElfSymbol[],
  { functions, spelling }: CatalogueRow,
): { readonly name: string; readonly symbol: ElfSymbol }[] {
  const byAddress = new Map<number, { readonly name: string; readonly symbol: ElfSymbol }>();
  for (const symbol of symbols) {
    for (const pattern of functions) {
      const spelled = pattern.exec(symbol.name)?.[1];
      if (spelled === undefined) continue;
      const name =
        spelling === "wasi"
          ? spelled
          : spelled.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      byAddress.set(symbol.address, { name, symbol });
    }
  }
  return [...byAddress.values()];
}
