import type { Frame } from "../../profile/index.ts";
import type { Module } from "../../wasm/index.ts";

/**
 * Makes a function that finds the frame of a guest's function by what a runtime calls it: its name, mangled or
 * not, or a stand-in such as `<wasm function 3>` where it has none. A name that several functions have stays a
 * name alone.
 */
export function namesBack(
  module: Module,
  frameOf: (funcIndex: number) => Frame,
): (name: string) => Frame {
  const frames = new Map<string, Frame | null>();
  for (let defined = 0; defined < module.bodies.start.length; defined++) {
    const frame = frameOf(module.importedFunctions + defined);
    for (const name of new Set([frame.name, frame.mangledName ?? frame.name])) {
      frames.set(name, frames.has(name) ? null : frame);
    }
  }
  return (name) => {
    // wasmtime counts functions without imports in the first form, with them in the others.
    const [, defined, index, rest] =
      /^(?:<wasm function (\d+)>|(?:wasm\[\d+\]::function|wasm-function)\[(\d+)\](?:::(.*))?)$/s.exec(
        name,
      ) ?? [];
    if (defined !== undefined) return frameOf(module.importedFunctions + Number(defined));
    if (index !== undefined) return frameOf(Number(index));
    return frames.get(rest ?? name) ?? { name };
  };
}
