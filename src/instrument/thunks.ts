import { Cursor } from "../bytes/index.ts";
import { assembleBody, sectionId } from "../wasm/index.ts";
import type { FunctionReference, FuncType, Instruction, LocalRun, Module } from "../wasm/index.ts";
import type { Additions } from "./additions.ts";

/** What a thunk does around the function that it stands for. */
export interface Around {
  readonly locals?: readonly LocalRun[];
  /** Given the index of the first local. */
  readonly before?: (firstLocal: number) => readonly Instruction[];
  readonly after?: (firstLocal: number) => readonly Instruction[];
}

/**
 * Appends a function of the same type that calls `target` with its parameters, or defines the one that was
 * reserved for it, and returns its index.
 */
export function addThunk(
  module: Module,
  additions: Additions,
  index: number,
  target: number,
  around: Around,
  name: string,
  reserved: number = additions.reserve(),
): number {
  const typeIndex = module.functions[index]!;
  const type = module.types[typeIndex] as FuncType;
  const parameters = Array.from({ length: type.paramCount }, (_, local): Instruction => [
    "local.get",
    local,
  ]);
  additions.define(reserved, {
    name,
    typeIndex,
    body: assembleBody(around.locals ?? [], [
      ...(around.before?.(type.paramCount) ?? []),
      ...parameters,
      ["call", target],
      ...(around.after?.(type.paramCount) ?? []),
    ]),
  });
  return reserved;
}

/**
 * Says whether the host can call a function through this reference: by an export, through a table that is
 * shared with it, or because it may get it as a value.
 */
export function hostCanCall(module: Module, place: FunctionReference["place"]): boolean {
  if (place === "export" || place === "expression") return true;
  const sharedTable =
    module.importedTables > 0 || module.exports.some(({ kind }) => kind === "table");
  return place !== "start" && sharedTable;
}

/** Lists the functions that the initial values of globals and tables name. */
export function functionsInExpressions(module: Module): number[] {
  const sections = module.sections.filter(
    ({ id }) => id === sectionId.global || id === sectionId.table,
  );
  return module.functionReferences
    .filter((offset) => sections.some(({ start, end }) => start < offset && offset < end))
    .map((offset) => new Cursor(module.bytes, offset).u32());
}
