/**
 * Rewriting passes that make a module count what it executes.
 * @module
 */
export { treeNodeNumber } from "./call-tree.ts";
export { exportNames, frameMark } from "./dump.ts";
export type { DumpSink } from "./dump.ts";
export { BlockVisitor } from "./counted.ts";
export { hostAbi, instrumentForHost } from "./host-abi.ts";
export type { HostAbiOptions } from "./host-abi.ts";
export { instrument, traceBody } from "./instrument.ts";
export type { Instrumented, InstrumentOptions } from "./instrument.ts";
export { countsBlocks, countsTree, exactModes } from "./modes.ts";
export type { ExactMode } from "./modes.ts";
export { readCounts, wordsBeforeTree } from "./read-counts.ts";
export type {
  BlockCounts,
  ContextTree,
  ExactCounts,
  FunctionCounts,
  LostActivation,
  Words,
} from "./read-counts.ts";
export { instrumentFile } from "./instrument-file.ts";
export { isInstrumented } from "./is-instrumented.ts";
export { parseLastDump, parseRawProfiles } from "./raw-profile.ts";
export type { RawProfile } from "./raw-profile.ts";
export { RawProfileError } from "./raw-profile-error.ts";
export { Refusal } from "./refusal.ts";
export { timeCoreLayout, timeCoreNames, writeTimeCore } from "./time-core.ts";
export { instrumentForTime, timeImports, traceTimedBody } from "./time.ts";
export type { TimedFunction, TimedModule, TimeOptions, TracedPiece } from "./time.ts";
export type { TimeChoice } from "./time-choice.ts";
export { readWasiTable } from "./wasi-table.ts";
export type { WasiTable, WrappedFunction } from "./wasi-table.ts";
export { clockPrecisionNs } from "./wasi-wrap-clock.ts";
export { wordState, wordValue } from "./wasi-wrap-word.ts";
export { wrappedMode, wrapWasi } from "./wasi-wrap.ts";
export type { WrapOptions, WrappedModule } from "./wasi-wrap.ts";
