import { assembleBody } from "../wasm/index.ts";
import type { FuncType, Instruction, LocalRun, Module } from "../wasm/index.ts";
import type { Additions } from "./additions.ts";

/** What a thunk does around the function that it stands for. */
export interface Around {
  readonly locals?: readonly LocalRun[];
  /** Given the index of the first local. */
  readonly before?: (firstLocal: number) => readonly Instruction[];
  readonly after?: (firstLocal: number) => readonly Instruction[];
}

/** A function that stands for another. */
export interface Thunk {
  /** The function whose type it has, an index in the original module. */
  readonly index: number;
  /** Its own index, reserved before. */
  readonly reserved: number;
  /** The function that it calls, an index in the new module. */
  readonly target: number;
  readonly around: Around;
  readonly name: string;
}

/** Defines a reserved function that calls another one with its parameters. */
export function defineThunk(module: Module, additions: Additions, thunk: Thunk): void {
  const { index, reserved, target, around, name } = thunk;
  const typeIndex = module.functions[index]!;
  const type = module.types[typeIndex] as FuncType;
  const parameters = Array.from({ length: type.paramCount }, (_, local): Instruction => [
    "local.get",
    local,
  ]);
  const body = assembleBody(around.locals ?? [], [
    ...(around.before?.(type.paramCount) ?? []),
    ...parameters,
    ["call", target],
    ...(around.after?.(type.paramCount) ?? []),
  ]);
  additions.define(reserved, { name, typeIndex, body });
}

/** Says whether the host can read functions out of the module's tables. */
export function hostSharesTables(module: Module): boolean {
  return module.importedTables > 0 || module.exports.some(({ kind }) => kind === "table");
}
