import { runtimes } from "../../src/runtimes/index.ts";
import type { Found, Runtime, Tier } from "../../src/runtimes/index.ts";

/** A runtime that is there, in one of its tiers. */
export interface FoundEngine {
  readonly name: string;
  readonly runtime: Runtime;
  readonly found: Found;
  readonly tier: Tier;
}

/** Lists all runtimes that are installed, in all tiers that their versions have. */
export async function foundEngines(): Promise<FoundEngine[]> {
  const engines: FoundEngine[] = [];
  for (const runtime of runtimes) {
    const found = await runtime.find();
    if (!found.found) continue;
    for (const tier of runtime.tiers) {
      if (found.without?.[tier.name] !== undefined) continue;
      engines.push({ name: `${runtime.name}:${tier.name}`, runtime, found, tier });
    }
  }
  return engines;
}
