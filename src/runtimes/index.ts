/**
 * Runtimes that run a guest.
 * @module
 */
export { CannotRun } from "./in-process/guest.ts";
export { callInThread } from "./in-process/call-in-thread.ts";
export type { GuestEnd, GuestOptions, StopReason, TrapFrame } from "./in-process/guest.ts";
export { hasMultiMemory, prepareInNode } from "./in-process/node.ts";
export type { HostFunction, NodeGuest, NodeHooks } from "./in-process/node.ts";
export { sampledStacks, startSampling } from "./in-process/node-samples.ts";
export type { SampledStack, Sampling } from "./in-process/node-samples.ts";
export type { TimeJob } from "./in-process/time-guest.ts";
