/**
 * From a module to a profile: instrument, run, read back, name.
 * @module
 */
export { findDebugFiles } from "./debug-files.ts";
export type { DebugFilesOptions, FoundDebugFiles } from "./debug-files.ts";
export { diffRuns } from "./diff-runs.ts";
export { listFunctions } from "./function-list.ts";
export type { FunctionList } from "./function-list.ts";
export { functionFrames } from "./function-names.ts";
export { measureOverhead, overheadPairs } from "./overhead.ts";
export { hostProfiler } from "./host-profiler.ts";
export type { HostAbiImports, HostProfiler, HostProfilerOptions } from "./host-profiler.ts";
export { pprofHandler } from "./pprof-handler.ts";
export type { HttpHandler, ProfileSource } from "./pprof-handler.ts";
export { profileRun, readWords } from "./profile-run.ts";
export type { ProfileRun, ProfileRunOptions, RunningGuest } from "./profile-run.ts";
export { PushError, checkPushTarget, pushProfile } from "./push-profile.ts";
export type { PushOptions } from "./push-profile.ts";
export { joinedRun } from "./joined-run.ts";
export { sampleRun } from "./samplers/sample-run.ts";
export type { SampleRunOptions } from "./samplers/sample-run.ts";
export { NoSamples, wasmtimeRun } from "./samplers/wasmtime-run.ts";
export type { WasmtimeRunOptions, WasmtimeSampler } from "./samplers/wasmtime-run.ts";
export { GuestHangs, superviseRun, superviseSampling, superviseTiming } from "./supervise.ts";
export type { SupervisedRunOptions, SupervisedTimeOptions, Supervision } from "./supervise.ts";
export type { Travelling } from "./thread-messages.ts";
export { toProfile } from "./to-profile.ts";
export { lineProfile, sourceFrames } from "./line-profile.ts";
export { sourceFinder } from "./sources.ts";
export { defaultBudget, timeRun } from "./time-run.ts";
export type { TimedProfileRun, TimeRunOptions } from "./time-run.ts";
export { withSources } from "./with-sources.ts";
export type { ProfileRunWithSources, WithSourcesOptions } from "./with-sources.ts";
export { countRun } from "./time-calibrate.ts";
export type { CountedRun } from "./time-calibrate.ts";
export { reproduceInstrument } from "./reproduce-instrument.ts";
export type { DesignResult } from "./reproduce-instrument.ts";
export { ModuleFunctions, moduleHashes, symbolizeProfile } from "./symbolize/index.ts";
export type { Symbolized, SymbolizeOptions, SymbolizeReport } from "./symbolize/index.ts";
