/**
 * From a module to a profile: instrument, run, read back, name.
 * @module
 */
export { findDebugFiles } from "./sources/debug-files.ts";
export type { DebugFilesOptions, FoundDebugFiles } from "./sources/debug-files.ts";
export { diffRuns } from "./exact/diff-runs.ts";
export { listFunctions } from "./sources/function-list.ts";
export type { FunctionList } from "./sources/function-list.ts";
export { functionFrames } from "./exact/function-names.ts";
export { measureOverhead, overheadPairs } from "./exact/overhead.ts";
export { whyRefused } from "./gate/gate.ts";
export type { GateQuestion } from "./gate/gate.ts";
export { switchedModule } from "./gate/switched.ts";
export { hostProfiler } from "./host-abi/host-profiler.ts";
export type {
  HostAbiImports,
  HostProfiler,
  HostProfilerOptions,
} from "./host-abi/host-profiler.ts";
export { pprofHandler } from "./share/pprof-handler.ts";
export type { HttpHandler, ProfileSource } from "./share/pprof-handler.ts";
export { profileRun, readWords } from "./exact/profile-run.ts";
export type { ProfileRun, ProfileRunOptions, RunningGuest } from "./exact/profile-run.ts";
export { NoCounts, runtimeRun } from "./exact/runtime-run.ts";
export type { RuntimeChoice, RuntimeRunOptions } from "./exact/runtime-run.ts";
export { PushError, checkPushTarget, pushProfile } from "./share/push-profile.ts";
export type { PushOptions } from "./share/push-profile.ts";
export { joinedRun } from "./exact/joined-run.ts";
export { nodePerfRun } from "./samplers/node-perf-run.ts";
export { sampleRun } from "./samplers/sample-run.ts";
export type { SampleRunOptions } from "./samplers/sample-run.ts";
export { NoSamples, wasmtimeRun } from "./samplers/wasmtime-run.ts";
export type { WasmtimeRunOptions, WasmtimeSampler } from "./samplers/wasmtime-run.ts";
export {
  GuestHangs,
  superviseRun,
  superviseSampling,
  superviseTiming,
} from "./threads/supervise.ts";
export type {
  SupervisedRunOptions,
  SupervisedTimeOptions,
  Supervision,
} from "./threads/supervise.ts";
export type { Travelling } from "./threads/thread-messages.ts";
export { toProfile } from "./exact/to-profile.ts";
export { lineProfile, sourceFrames } from "./sources/line-profile.ts";
export { sourceFinder } from "./sources/sources.ts";
export { defaultBudget, timeRun } from "./time/run.ts";
export type { TimedProfileRun, TimeRunOptions } from "./time/run.ts";
export { withSources } from "./sources/with-sources.ts";
export type { ProfileRunWithSources, WithSourcesOptions } from "./sources/with-sources.ts";
export { countRun } from "./time/calibrate.ts";
export type { CountedRun } from "./time/calibrate.ts";
export { reproduceInstrument } from "./reproduce/instrument.ts";
export type { DesignResult } from "./reproduce/instrument.ts";
export { ModuleFunctions, moduleHashes, symbolizeProfile } from "./symbolize/index.ts";
export type { Symbolized, SymbolizeOptions, SymbolizeReport } from "./symbolize/index.ts";
