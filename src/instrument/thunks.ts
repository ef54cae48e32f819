import { assembleBody } from "../wasm/index.ts";
import type { FunctionReference, FuncType, Instruction, LocalRun, Module } from "../wasm/index.ts";
import type { Additions } from "./additions.ts";

/** What a thunk does around the function that it stands for. */
export interface Around {
  readonly locals?: readonly LocalRun[];
  /** Given the index of the first local. */
  readonly before?: (firstLocal: number) => readonly Instruction[];
  readonly after?: (firstLocal: number) => readonly Instruction[];
}

/** Appends a function of the same type that calls `index` with its parameters. */
export function addThunk(
  module: Module,
  additions: Additions,
  index: number,
  target: number,
  around: Around,
  name: string,
): number {
  const typeIndex = module.functions[index]!;
  const type = module.types[typeIndex] as FuncType;
  const parameters = Array.from({ length: type.paramCount }, (_, local): Instruction => [
    "local.get",
    local,
  ]);
  return additions.add({
    name,
    typeIndex,
    body: assembleBody(around.locals ?? [], [
      ...(around.before?.(type.paramCount) ?? []),
      ...parameters,
      ["call", target],
      ...(around.after?.(type.paramCount) ?? []),
    ]),
  });
}

/**
 * Says whether the host can call a function through this reference: by an export, or through a table
 * that is shared with it.
 */
export function hostCanCall(module: Module, place: FunctionReference["place"]): boolean {
  if (place === "export") return true;
  const sharedTable =
    module.importedTables > 0 || module.exports.some(({ kind }) => kind === "table");
  return place !== "start" && sharedTable;
}
