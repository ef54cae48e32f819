/**
 * Runtimes that run a guest.
 * @module
 */
export { CannotRun } from "./guest.ts";
export { callInThread } from "./call-in-thread.ts";
export type { GuestEnd, GuestOptions, StopReason, TrapFrame } from "./guest.ts";
export { hasMultiMemory, prepareInNode } from "./node.ts";
export type { HostFunction, NodeGuest, NodeHooks } from "./node.ts";
export { sampledStacks, startSampling } from "./node-samples.ts";
export type { SampledStack, Sampling } from "./node-samples.ts";
export type { TimeJob } from "./time-guest.ts";
