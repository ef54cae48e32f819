/**
 * Names of functions: what compilers make of them, undone; names for tables; symbol maps.
 *
 * @module
 */
export { demangle } from "./demangle.ts";
export { hasDwarf } from "./dwarf/debug-sections.ts";
export { scanSections } from "./scan-sections.ts";
export { parseSymbolMap, SymbolMapError } from "./symbol-map.ts";
export { debugLinks, openDebugInfo } from "./debug-info.ts";
export type { DebugFiles, DebugInfo, SourceFrame } from "./debug-info.ts";
export { parsePerfMap } from "./perf-map.ts";
export type { PerfMap } from "./perf-map.ts";
export { parseWasmName } from "./wasm-names.ts";
export type { WasmName } from "./wasm-names.ts";
