import type { Runtime, Tier } from "./runtime.ts";
import { UnknownRuntime } from "./runtime.ts";

/** A runtime, maybe a version of it, and how it shall run modules. */
export interface Selection {
  readonly runtime: Runtime;
  readonly version: string | undefined;
  readonly tier: Tier;
}

/**
 * Reads `NAME[@VERSION][:TIER]`, as in `wasmtime@0.28:cranelift`. Throws an `UnknownRuntime` that lists the names, or
 * the runtime's tiers, for what is none of them.
 */
export function parseSelector(text: string, table: readonly Runtime[]): Selection {
  const [, name = "", version, tierName] = /^([^@:]*)(?:@([^:]*))?(?::(.*))?$/.exec(text) ?? [];
  const runtime = table.find((row) => row.name === name);
  if (runtime === undefined) {
    const names = table.map((row) => row.name).join(", ");
    throw new UnknownRuntime(`${text}: no runtime has the name "${name}"; there are: ${names}`);
  }
  if (version === "") throw new UnknownRuntime(`${text}: no version stands behind the @`);
  const tier =
    tierName === undefined ? runtime.tiers[0] : runtime.tiers.find((row) => row.name === tierName);
  if (tier === undefined) {
    const names = runtime.tiers.map((row) => `${name}:${row.name}`).join(", ");
    throw new UnknownRuntime(`${text}: ${name} has no tier "${tierName ?? ""}"; it has: ${names}`);
  }
  return { runtime, version, tier };
}

/** Writes a selection as the user types it, the default tier left out. */
export function selectorText({ runtime, version, tier }: Selection): string {
  const at = version === undefined ? "" : `@${version}`;
  return `${runtime.name}${at}${tier === runtime.tiers[0] ? "" : `:${tier.name}`}`;
}
