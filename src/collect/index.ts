/**
 * From a module to a profile: instrument, run, read back, name.
 * @module
 */
export { findDebugFiles } from "./debug-files.ts";
export type { DebugFilesOptions, FoundDebugFiles } from "./debug-files.ts";
export { listFunctions } from "./function-list.ts";
export type { FunctionList } from "./function-list.ts";
export { functionFrames } from "./function-names.ts";
export { measureOverhead, overheadPairs } from "./overhead.ts";
export { hostProfiler } from "./host-profiler.ts";
export type { HostAbiImports, HostProfiler, HostProfilerOptions } from "./host-profiler.ts";
export { profileRun, readWords } from "./profile-run.ts";
export type { ProfileRun, ProfileRunOptions } from "./profile-run.ts";
export { toProfile } from "./to-profile.ts";
export { ModuleFunctions, moduleHashes, symbolizeProfile } from "./symbolize/index.ts";
export type { Symbolized, SymbolizeOptions, SymbolizeReport } from "./symbolize/index.ts";
