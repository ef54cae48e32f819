/**
 * Rules that say what is odd about how runtimes do a program's I/O.
 * @module
 */
export type { Finding, FindingKind, LoadObservation } from "./finding.ts";
export { findFindings } from "./find.ts";
