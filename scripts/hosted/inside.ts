import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as operations from "../../src/hosted/interpreter/operations.ts";
import {
  generatedNames,
  type HostFunction,
  hostFunction,
  type HostImport,
  type HostParts,
  stateGlobals,
} from "../../src/hosted/host-module.ts";
import * as layout from "../../src/hosted/layout.ts";
import * as format from "../../src/hosted/state/format.ts";
import { valueType } from "../../src/wasm/index.ts";
import { type Compiled, compile } from "./compiler.ts";
import type { Type } from "./intrinsics.ts";

/** The files of the code inside that every build has, those first that others take constants from. */
const commonFiles = [
  "machine",
  "reader",
  "arena",
  "types",
  "module",
  "operands",
  "emit",
  "watch",
  "blocks",
  "translate",
  "outside",
  "driver",
];

const codeOf = (type: Type): number => (type === "i64" ? valueType.i64 : valueType.i32);
const resultsOf = (type: Type): number[] =>
  type === "void" || type === "never" ? [] : [codeOf(type)];

/** Functions that are generated for one build, in front of the compiled ones. */
export interface Generated {
  readonly name: string;
  /** Makes the function when all indices are known. */
  make(indexOf: (name: string) => number): HostFunction;
}

/** Compiles the code inside for a build with these imports, files and generated functions. */
export function compileInside(
  root: string,
  imports: readonly HostImport[],
  files: readonly string[],
  generated: readonly Generated[],
): Pick<HostParts, "imports" | "functions" | "globals" | "constants"> {
  const folder = join(root, "src/hosted/inside");
  const before = [
    ...imports.map(({ name }) => name),
    ...generatedNames,
    ...generated.map(({ name }) => name),
  ];
  const compiled: Compiled = compile(
    new Map(
      [...commonFiles, ...files].map((name) => [
        `${name}.ts`,
        readFileSync(join(folder, `${name}.ts`), "utf8"),
      ]),
    ),
    {
      known: new Map(before.map((name, index) => [name, index])),
      firstFunction: before.length,
      firstGlobal: stateGlobals,
      textStart: layout.constantsStart,
      constants: new Map<string, Readonly<Record<string, unknown>>>([
        ["/layout.ts", layout],
        ["/operations.ts", operations],
        ["/format.ts", format],
      ]),
    },
  );
  const all = [...before, ...compiled.functions.map(({ name }) => name)];
  const indexOf = (name: string): number => {
    const index = all.lastIndexOf(name);
    if (index < 0) throw new Error(`no function is named ${name}`);
    return index;
  };
  const functions = compiled.functions.map(({ name, params, result, locals, code }) =>
    hostFunction(
      name,
      { params: params.map(codeOf), results: resultsOf(result) },
      locals.map(codeOf),
      code,
    ),
  );
  return {
    imports,
    functions: [...generated.map((item) => item.make(indexOf)), ...functions],
    globals: compiled.globals.map(({ type, value }) => ({ type: codeOf(type), value })),
    constants: compiled.text,
  };
}
