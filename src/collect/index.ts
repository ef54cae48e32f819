/**
 * From a module to a profile: instrument, run, read back, name.
 * @module
 */
export { listFunctions } from "./function-list.ts";
export type { FunctionList } from "./function-list.ts";
export { functionFrames } from "./function-names.ts";
export { measureOverhead, overheadPairs } from "./overhead.ts";
export { hostProfiler } from "./host-profiler.ts";
export type { HostAbiImports, HostProfiler, HostProfilerOptions } from "./host-profiler.ts";
export { profileRun, readWords } from "./profile-run.ts";
export type { ProfileRun, ProfileRunOptions } from "./profile-run.ts";
export { toProfile } from "./to-profile.ts";
export { defaultBudget, timeRun } from "./time-run.ts";
export type { TimedProfileRun, TimeRunOptions } from "./time-run.ts";
export { countRun } from "./time-calibrate.ts";
export type { CountedRun } from "./time-calibrate.ts";
export { reproduceInstrument } from "./reproduce-instrument.ts";
export type { DesignResult } from "./reproduce-instrument.ts";
