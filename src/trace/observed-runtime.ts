import type { Found, Runtime, Tier } from "../runtimes/index.ts";

/** A runtime of the table in one of its tiers, as it was found here. */
export interface ObservedRuntime {
  readonly runtime: Runtime;
  readonly found: Found;
  readonly tier: Tier;
}
