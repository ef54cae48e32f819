import { assembleBody, newFunctionIndex, rewriteModule } from "../../wasm/index.ts";
import type { Module, ModuleChanges } from "../../wasm/index.ts";

const noParameters = Uint8Array.of(0x60, 0, 0);

/**
 * Makes a module that has all of another's types, imports and code, and runs none of it: there is no start function,
 * and all exported functions, `_start` among them, are one that returns at once. An engine that refuses it would refuse
 * the other.
 */
export function inertModule(module: Module): Uint8Array {
  const exported = module.exports.filter(({ kind }) => kind === "func");
  const hasStart = exported.some(({ name }) => name === "_start");
  const changes: ModuleChanges = {
    redirect: ({ place }) => (place === "export" ? inert : undefined),
    dropStart: true,
    dropCustom: () => true,
    additions: () => ({
      types: [noParameters],
      functions: [{ typeIndex: module.types.length, body: assembleBody([], []), name: "inert" }],
      exports: [
        ...(hasStart ? [] : [{ name: "_start", kind: "func" as const, index: inert }]),
        // `ref.func` may name only what is exported, or named elsewhere outside of the code.
        ...[...new Set(exported.map(({ index }) => index))].map((index) => {
          return { name: `wasmscope function ${index}`, kind: "func" as const, index };
        }),
      ],
    }),
  };
  const inert = newFunctionIndex(module, changes, 0);
  return rewriteModule(module, changes);
}
