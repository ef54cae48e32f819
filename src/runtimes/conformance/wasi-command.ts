import {
  assembleModule,
  exported,
  functionType,
  importedFunction,
  kind,
  op,
  type,
  unsigned,
} from "../features/assemble.ts";
import type { Bytes, Parts } from "../features/assemble.ts";
import { wasiProbes } from "../features/wasi-functions.ts";

/** What the code of a command can name. */
export interface Names {
  /** Code that calls a function of WASI, which leaves its errno (nothing for `proc_exit`). */
  readonly wasi: (name: string, ...args: readonly Bytes[]) => Bytes;
  /** Code that calls the nth function that the module defines; `_start` is the first. */
  readonly own: (nth: number, ...args: readonly Bytes[]) => Bytes;
  /** The index of that function. */
  readonly index: (nth: number) => number;
}

/** A module that runs as a WASI command. */
export interface GuestModule {
  readonly bytes: Uint8Array;
  /** The functions of WASI that it imports. */
  readonly wasi: readonly string[];
}

/** What a command has: types come behind `[] -> []`, functions begin with `_start`. */
export type CommandParts = Omit<Parts, "imports" | "functions" | "startFunction"> & {
  /** The body of `_start`, which has four locals: two i32, two i64. */
  readonly start: Bytes;
  readonly functions?: Parts["functions"];
  /** Which of its functions the start section names. */
  readonly startSection?: number;
};

/** Puts a command together that imports these functions of WASI; it has a memory, two pages unless it says otherwise. */
export function wasiCommand(
  wasi: readonly string[],
  make: (names: Names) => CommandParts,
): GuestModule {
  const index = (nth: number): number => wasi.length + nth;
  const parts = make({
    wasi: (name, ...args) => [...args.flat(), op.call, ...unsigned(wasi.indexOf(name))],
    own: (nth, ...args) => [...args.flat(), op.call, ...unsigned(index(nth))],
    index,
  });
  const types = [functionType([], []), ...(parts.types ?? [])];
  const locals = [
    [2, type.i32],
    [2, type.i64],
  ];
  const bytes = assembleModule({
    memories: [[0, 2]],
    ...parts,
    types: [...types, ...wasi.map(typeOf)],
    imports: wasi.map((name, nth) =>
      importedFunction("wasi_snapshot_preview1", name, types.length + nth),
    ),
    functions: [{ type: 0, locals, code: parts.start }, ...(parts.functions ?? [])],
    exports: [
      exported("_start", kind.func, index(0)),
      exported("memory", kind.memory, 0),
      ...(parts.exports ?? []),
    ],
    ...(parts.startSection === undefined ? {} : { startFunction: index(parts.startSection) }),
  });
  return { bytes, wasi };
}

function typeOf(name: string): Bytes {
  if (name === "proc_exit") return functionType([type.i32], []);
  const { params } = wasiProbes.find((probe) => probe.name === name)!;
  const types = params.split("").map((letter) => (letter === "I" ? type.i64 : type.i32));
  return functionType(types, [type.i32]);
}
