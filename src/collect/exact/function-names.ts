import type { Frame } from "../../profile/index.ts";
import { demangle } from "../../symbols/index.ts";
import { readNames } from "../../wasm/index.ts";
import type { Module } from "../../wasm/index.ts";

/**
 * Names the functions of a module: from a symbol map if there is one, the name section, exports and
 * imports; else `func[12]`.
 */
export function functionFrames(
  module: Module,
  symbols: ReadonlyMap<number, string> = new Map(),
): (funcIndex: number) => Frame {
  const fromSection = readNames(module).functions;
  const fromExports = new Map<number, string>();
  for (const { kind, name, index } of module.exports) {
    if (kind === "func" && !fromExports.has(index)) fromExports.set(index, name);
  }
  const imports = module.imports.filter(({ kind }) => kind === "func");
  return (funcIndex) => {
    const imported = imports[funcIndex];
    const raw =
      symbols.get(funcIndex) ??
      fromSection.get(funcIndex) ??
      fromExports.get(funcIndex) ??
      (imported === undefined ? undefined : `${imported.module}.${imported.name}`);
    if (raw === undefined || raw === "") return { name: `func[${funcIndex}]`, funcIndex };
    const name = demangle(raw);
    return name === raw ? { name, funcIndex } : { name, mangledName: raw, funcIndex };
  };
}
