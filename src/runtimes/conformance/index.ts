/**
 * What every runtime has to do, as programs that are run on it.
 * @module
 */
export type { ConformanceCase } from "./case.ts";
export { conformanceCases } from "./cases.ts";
export { knownLimit } from "./known-limits.ts";
export { runCase, runHostedCase } from "./run-case.ts";
export type { CaseResult } from "./run-case.ts";
