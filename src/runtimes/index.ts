/**
 * Runtimes that run a guest.
 * @module
 */
export { CannotRun } from "./guest.ts";
export type { GuestEnd, GuestOptions, TrapFrame } from "./guest.ts";
export { hasMultiMemory, prepareInNode } from "./node.ts";
export type { NodeGuest } from "./node.ts";
export type { TimeJob } from "./time-guest.ts";
