import { readNames } from "../../wasm/index.ts";
import type { Module } from "../../wasm/index.ts";
import { functionFrames } from "../exact/function-names.ts";

/** Says which functions of a module a user means. */
export interface FunctionList {
  readonly functions: ReadonlySet<number>;
  /** The names that no defined function has. */
  readonly unknown: readonly string[];
}

/**
 * Finds the defined functions that a list of names means: names as profiles show them or as the module has
 * them, of exports, or `func[12]`; `*` stands for any text. Commas inside of brackets do not separate names.
 */
export function listFunctions(
  module: Module,
  list: string,
  symbols?: ReadonlyMap<number, string>,
): FunctionList {
  const names = splitNames(list);
  const matchers = names.map(matcherOf);
  const used = names.map(() => false);
  const functions = new Set<number>();
  for (const [funcIndex, known] of namesOf(module, symbols)) {
    for (const [nth, matches] of matchers.entries()) {
      if (!known.some(matches)) continue;
      used[nth] = true;
      functions.add(funcIndex);
    }
  }
  return { functions, unknown: names.filter((_, nth) => !used[nth]) };
}

/** Splits at the commas that stand outside of brackets, as in `main,f(int, int),g<a, b>::h`. */
function splitNames(list: string): string[] {
  const names: string[] = [];
  let depth = 0;
  let name = "";
  for (const character of list) {
    if ("([{<".includes(character)) depth++;
    if (")]}>".includes(character)) depth = Math.max(0, depth - 1);
    if (character === "," && depth === 0) {
      names.push(name);
      name = "";
    } else name += character;
  }
  return [...names, name].map((text) => text.trim()).filter((text) => text !== "");
}

function matcherOf(name: string): (known: string) => boolean {
  if (!name.includes("*")) return (known) => known === name;
  const literals = name.split("*").map((text) => text.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  const pattern = new RegExp(`^${literals.join(".*")}$`, "s");
  return (known) => pattern.test(known);
}

function* namesOf(
  module: Module,
  symbols: ReadonlyMap<number, string> | undefined,
): Generator<[funcIndex: number, names: string[]]> {
  const frameOf = functionFrames(module, symbols);
  const inSection = readNames(module).functions;
  const exported = new Map<number, string[]>();
  for (const { kind, name, index } of module.exports) {
    if (kind === "func") exported.set(index, [...(exported.get(index) ?? []), name]);
  }
  for (let index = module.importedFunctions; index < module.functions.length; index++) {
    const { name, mangledName } = frameOf(index);
    const names = [name, mangledName, inSection.get(index), ...(exported.get(index) ?? [])];
    yield [index, [`func[${index}]`, ...names.filter((known) => known !== undefined)]];
  }
}
