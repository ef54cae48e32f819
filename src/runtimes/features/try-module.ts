import { coldProbes } from "./run-probe.ts";
import type { Engine } from "./run-probe.ts";

/** Whether a runtime takes a module; `unknown` when it crashed or took too long, which says nothing about the module. */
export type Tried =
  { readonly kind: "taken" | "unknown" } | { readonly kind: "refused"; readonly words: string };

/**
 * Has a runtime's own command run a module that ends at once, or call a function of it that does, and says whether it
 * took it. Never rejects.
 */
export async function tryModule(
  engine: Engine,
  module: Uint8Array,
  invoke?: string,
): Promise<Tried> {
  const { code, words } = await coldProbes(engine)({
    module,
    args: ["guest"],
    env: {},
    folder: false,
    ...(invoke === undefined ? {} : { invoke }),
  });
  if (code === 0) return { kind: "taken" };
  return code === undefined ? { kind: "unknown" } : { kind: "refused", words };
}
