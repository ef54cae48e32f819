import { Cursor, DecodeError } from "../bytes/index.ts";
import { findSection, sectionId } from "../wasm/index.ts";
import type { Module } from "../wasm/index.ts";

/**
 * Checks the indices that a rewriter follows: the types of functions, and functions named outside the code.
 * Decoding leaves them to the engine's validation, which comes too late here. Throws a `DecodeError`.
 */
export function checkIndices(module: Module): void {
  const { bytes, functions, functionReferences, importedFunctions, types } = module;
  const cursor = new Cursor(bytes);
  const isFunc = Uint8Array.from(types, ({ kind }) => (kind === "func" ? 1 : 0));
  for (let index = 0; index < functions.length; index++) {
    const typeIndex = functions[index]!;
    if (isFunc[typeIndex] === 1) continue;
    const id = index < importedFunctions ? sectionId.import : sectionId.function;
    const offset = findSection(module, id)!.contentStart;
    throw new DecodeError(`function ${index} has the unknown type ${typeIndex}`, offset);
  }
  for (const offset of functionReferences) {
    cursor.position = offset;
    const index = cursor.u32();
    if (index >= functions.length) throw new DecodeError(`unknown function ${index}`, offset);
  }
}
