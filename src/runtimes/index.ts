/**
 * Runtimes that run a guest.
 * @module
 */
export { EngineHost } from "./host/client.ts";
export type { HostCrash, HostEnd, HostTimeout, HostTrouble } from "./host/client.ts";
export type {
  HostedEnd,
  HostFailure,
  HostReady,
  LoadedAnswer,
  LoadRequest,
  RunAnswer,
  RunRequest,
  Span,
} from "./host/protocol.ts";
export { probeFeatures } from "./features/probe-features.ts";
export type { Engine } from "./features/run-probe.ts";
export { tryModule } from "./features/try-module.ts";
export type { Tried } from "./features/try-module.ts";
export { lackingFeatures } from "./features/report.ts";
export type { FeatureReport } from "./features/report.ts";
export { CannotRun } from "./in-process/guest.ts";
export { callInThread } from "./in-process/call-in-thread.ts";
export type { GuestEnd, GuestOptions, StopReason, TrapFrame } from "./in-process/guest.ts";
export { hasMultiMemory, prepareInNode } from "./in-process/node.ts";
export type { HostFunction, NodeGuest, NodeHooks } from "./in-process/node.ts";
export { sampledStacks, startSampling } from "./in-process/node-samples.ts";
export type { SampledStack, Sampling } from "./in-process/node-samples.ts";
export type { TimeJob } from "./in-process/time-guest.ts";
export { cacheFolder, damaged, installed, InstallError } from "./install/cache.ts";
export type { Installed, Receipt } from "./install/cache.ts";
export { monotonicNs } from "./launch/launch.ts";
export type { LaunchEnd } from "./launch/launch.ts";
export { residentBytes } from "./launch/usage.ts";
export type { Usage } from "./launch/usage.ts";
export { runCold } from "./run-cold.ts";
export type { ColdEnd, ColdOptions, ColdRun } from "./run-cold.ts";
export { runThrough } from "./run-through.ts";
export type { RunLimits } from "./run-through.ts";
export { UnknownRuntime } from "./runtime.ts";
export type {
  Found,
  LaunchedBy,
  Missing,
  Prepared,
  PrepareJob,
  RunJob,
  Runtime,
  Tier,
} from "./runtime.ts";
export { parseSelector, selectorText } from "./selector.ts";
export type { Selection } from "./selector.ts";
export { runtimes } from "./table.ts";
export { toolsForRuntimes } from "./tools.ts";
export type { Tool } from "./tools.ts";
