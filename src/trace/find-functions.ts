import { wasiNames } from "./catalogue/row.ts";
import type { CatalogueRow } from "./catalogue/row.ts";
import type { Elf, ElfSymbol } from "./elf.ts";
import { readGoFunctions } from "./gopclntab.ts";
import { addressesIn, linkedFunctions, relativeWords } from "./linked.ts";
import { findProbeSite, findReturnSite } from "./sites.ts";

/** Where to probe one runtime's file; all places are offsets in it. */
export interface FoundFunctions {
  /** Places at which WASI functions are entered: some runtimes have several copies of one. */
  readonly entries: readonly { readonly name: string; readonly offset: number }[];
  /** Those of which the kernel sees the return; none where `goReturn` sees it. */
  readonly starts: readonly { readonly name: string; readonly offset: number }[];
  readonly goReturn?: number;
  /** Places that are passed when the guest is about to begin. */
  readonly guests: readonly number[];
  /** Functions at whose entry the kernel must step: each call costs 13 to 16 microseconds more. */
  readonly stepped: readonly string[];
}

/** A file that names functions, beside the file with their code: itself, or one with what was stripped from it. */
export type SymbolSource = Pick<Elf, "functions">;

/** So much of a function is read to find a place in it. */
const mostCodeBytes = 4096;
/** A copy of a WASI function. */
interface Copy {
  readonly name: string;
  readonly symbol: ElfSymbol;
}

/**
 * Finds the WASI functions of a runtime by its symbols, those only that `wanted` names. Undefined when there are none:
 * a stripped file, or another runtime.
 */
export function findFunctions(
  elf: Elf,
  row: CatalogueRow,
  wanted: (name: string) => boolean = () => true,
  symbols: SymbolSource = elf,
): FoundFunctions | undefined {
  if (row.unless !== undefined && symbols.functions(row.unless).length > 0) return undefined;
  const named = namesOf(elf, row, symbols);
  const functions = withoutDear(elf, symbols, row, [
    ...wasiFunctions(named, row, wanted),
    ...inOrder(elf, symbols, row).filter(({ name }) => wanted(name)),
  ]);
  if (functions.length === 0) return undefined;
  const place = (symbol: ElfSymbol, site: number): number => elf.offsetOf(symbol.address)! + site;
  const cheapest = (symbol: ElfSymbol): number =>
    place(symbol, findProbeSite(codeOf(elf, symbol)).offset);
  const stepped: string[] = [];
  const entries = functions.map(({ name, symbol }) => {
    const { offset, cost } = findProbeSite(codeOf(elf, symbol));
    if (cost === "stepped") stepped.push(name);
    return { name, offset: place(symbol, offset) };
  });
  const [around] = named(row.goReturns);
  const site = around && findReturnSite(codeOf(elf, around));
  if (row.goReturns !== undefined && site === undefined) return undefined;
  return {
    entries,
    // The same places: nothing has been pushed there yet.
    starts: site === undefined ? entries : [],
    stepped,
    ...(site === undefined ? {} : { goReturn: place(around!, site) }),
    guests: [...new Set(named(row.guest).map((symbol) => cheapest(symbol)))],
  };
}

/** Lists functions whose names match, in a program of Go's without symbols from its table for stack traces. */
function namesOf(
  elf: Elf,
  { goReturns }: CatalogueRow,
  symbols: SymbolSource,
): (pattern: RegExp | undefined) => ElfSymbol[] {
  const table = goReturns === undefined ? undefined : elf.section(".gopclntab");
  const isStripped = table !== undefined && symbols.functions(goReturns).length === 0;
  const bytes = isStripped ? elf.content(table) : undefined;
  const textStart = elf.section(".text")?.address ?? 0;
  return (pattern) => {
    if (pattern === undefined) return [];
    return bytes === undefined
      ? symbols.functions(pattern)
      : readGoFunctions(bytes, textStart, pattern);
  };
}

/** Lists copies of the wanted functions, each address once. */
function wasiFunctions(
  named: (pattern: RegExp) => ElfSymbol[],
  { functions, otherwise = [], spelling }: CatalogueRow,
  wanted: (name: string) => boolean,
): Copy[] {
  const matching = (patterns: readonly RegExp[], except: readonly Copy[]): Copy[] => {
    const known = new Set(except.map(({ name }) => name));
    const byAddress = new Map<number, Copy>();
    for (const pattern of patterns) {
      for (const symbol of named(pattern)) {
        const name = spelled(pattern.exec(symbol.name)?.[1], spelling);
        if (name === undefined || !wanted(name) || known.has(name)) continue;
        byAddress.set(symbol.address, { name, symbol });
      }
    }
    return [...byAddress.values()];
  };
  const first = matching(functions, []);
  return [...first, ...matching(otherwise, first)];
}

/** Gives WASI's name for what a symbol has; undefined for the number of a closure that is none of WASI's. */
function spelled(text: string | undefined, spelling: CatalogueRow["spelling"]): string | undefined {
  if (spelling === "closure") return wasiNames[closureNumber(text)];
  if (spelling === "wasi" || text === undefined) return text;
  return text.replaceAll(/(?<!^)[A-Z]/g, "_$&").toLowerCase();
}

/** Reads a disambiguator of Rust's mangling (RFC 2603): absent is 0, `s_` is 1, `s0_` is 2, digits to the base 62. */
function closureNumber(text: string | undefined): number {
  if (text === undefined) return 0;
  const digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  let number = 0;
  for (const digit of text.slice(1, -1)) number = number * 62 + digits.indexOf(digit);
  return text === "s_" ? 1 : number + 2;
}

function inOrder(elf: Elf, symbols: SymbolSource, { linked }: CatalogueRow): Copy[] {
  if (linked === undefined || symbols.functions(linked.by).length === 0) return [];
  return linkedFunctions(elf, symbols.functions(), linked);
}

/** Puts what is called first in place of each function that begins with what the kernel must step over. */
function withoutDear(
  elf: Elf,
  symbols: SymbolSource,
  { inside }: CatalogueRow,
  copies: readonly Copy[],
): readonly Copy[] {
  const isDear = ({ symbol }: Copy): boolean =>
    findProbeSite(codeOf(elf, symbol)).cost === "stepped";
  if (inside === undefined || !copies.some(isDear)) return copies;
  const known = new Map(symbols.functions(inside).map((one) => [one.address, one]));
  const words = relativeWords(elf);
  const calledBy = ({ symbol }: Copy): ElfSymbol[] => {
    const all = addressesIn(elf, symbol, words).flatMap((address) => known.get(address) ?? []);
    return [...new Set(all)];
  };
  const calls = new Map(copies.map((copy) => [copy, calledBy(copy)]));
  const isShared = (symbol: ElfSymbol): boolean =>
    [...calls.values()].filter((called) => called.includes(symbol)).length > 1;
  return copies.map((copy) => {
    const [only, second] = calls.get(copy)!;
    if (!isDear(copy) || only === undefined || second !== undefined || isShared(only)) return copy;
    const inner = { name: copy.name, symbol: only };
    return isDear(inner) ? copy : inner;
  });
}

function codeOf(elf: Elf, { address, size }: ElfSymbol): Uint8Array {
  return elf.at(address, Math.min(size === 0 ? mostCodeBytes : size, mostCodeBytes));
}
