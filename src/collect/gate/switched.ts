import { assembleBody, emptyBlock, newFunctionIndex, rewriteModule } from "../../wasm/index.ts";
import type { FuncType, Instruction, Module, ModuleChanges } from "../../wasm/index.ts";

/** Zeros of the types of numbers, by the types' codes. */
const zeros: Readonly<Record<number, readonly Instruction[]>> = {
  0x7f: [["i32.const", 0]],
  0x7e: [["i64.const", 0n]],
  0x7d: [["i32.const", 0], "f32.reinterpret_i32"],
  0x7c: [["i64.const", 0n], "f64.reinterpret_i64"],
};

/**
 * Makes a module whose `_start`, or a named function, does what it did, start function included, or nothing: a variable
 * decides, and both modules have the same code. What running costs without compiling and the rest of the start-up is the
 * difference between the two. Undefined for functions that are not there, and for some kinds of results.
 */
export function switchedModule(
  module: Module,
  isOn: boolean,
  name: string = "_start",
): Uint8Array | undefined {
  const target = module.exports.find((each) => each.kind === "func" && each.name === name);
  if (target === undefined) return undefined;
  const typeIndex = module.functions[target.index]!;
  const type = module.types[typeIndex];
  const none = type?.kind === "func" ? noResult(type) : undefined;
  if (type?.kind !== "func" || none === undefined) return undefined;
  const variable = module.globals.length;
  const changes: ModuleChanges = {
    redirect: ({ index, place }) =>
      place === "export" && index === target.index
        ? newFunctionIndex(module, changes, 0)
        : undefined,
    dropStart: true,
    additions: () => ({
      // A variable of 32 bits with its first value.
      globals: Uint8Array.of(0x7f, 1, 0x41, isOn ? 1 : 0, 0x0b),
      globalCount: 1,
      functions: [
        {
          typeIndex,
          body: assembleBody(
            [],
            [
              ["global.get", variable],
              ["if", none.blockType],
              ...(module.start === undefined ? [] : [["call", module.start] as const]),
              ...Array.from({ length: type.paramCount }, (_, at) => ["local.get", at] as const),
              ["call", target.index],
              ...none.otherwise,
              "end",
            ],
          ),
          name: "switched",
        },
      ],
    }),
  };
  return rewriteModule(module, changes);
}

/** The type of a block that has a function's result, and what stands for that when the function does nothing. */
function noResult({
  results,
  resultCount,
}: FuncType):
  { readonly blockType: number; readonly otherwise: readonly Instruction[] } | undefined {
  if (resultCount === 0) return { blockType: emptyBlock, otherwise: [] };
  const [code = 0] = results;
  const zero = zeros[code];
  if (resultCount > 1 || results.length > 1 || zero === undefined) return undefined;
  return { blockType: code, otherwise: ["else", ...zero] };
}
