/**
 * The state of a program in the self-hosted runtime, as it stands in a file: reading, writing, completing deltas.
 * @module
 */
export { canonicalBytes } from "./chunks.ts";
export { compareStates, rangesOf } from "./compare.ts";
export type { Range, StateDifference } from "./compare.ts";
export { applyDelta } from "./delta.ts";
export { statePageLog2 } from "./format.ts";
export type {
  DescriptorKind,
  HostedState,
  StateBase,
  StateDescriptor,
  StateFrame,
  StateIdentity,
  StateMemory,
  StateTable,
  StateType,
  StateValue,
} from "./model.ts";
export { readState } from "./read.ts";
export { writeState } from "./write.ts";
