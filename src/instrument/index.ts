/**
 * Rewriting passes that make a module count what it executes.
 * @module
 */
export { exportNames, frameMark } from "./dump.ts";
export { exactModes, instrument, traceBody } from "./instrument.ts";
export type { ExactMode, Instrumented, InstrumentOptions } from "./instrument.ts";
export { Refusal } from "./refusal.ts";
