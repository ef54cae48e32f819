/**
 * From a module to a profile: instrument, run, read back, name.
 * @module
 */
export { functionFrames } from "./function-names.ts";
export { measureOverhead, overheadPairs } from "./overhead.ts";
export { profileRun, readWords } from "./profile-run.ts";
export type { ProfileRun, ProfileRunOptions } from "./profile-run.ts";
export { toProfile } from "./to-profile.ts";
