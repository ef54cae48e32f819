import { parseSelector, selectorText } from "../runtimes/index.ts";
import type { Found, Runtime, Tier } from "../runtimes/index.ts";
import type { Task } from "./task.ts";

/** One side of a comparison: a runtime of a version, that runs modules in one way. */
export interface Arm {
  /** As the user selects it, with the version that was found, or a name of its own. */
  readonly label: string;
  readonly runtime: Runtime;
  readonly found: Found;
  readonly tier: Tier;
  /** What it is given in place of the task's own, for comparisons in which inputs differ and engines do not. */
  readonly task?: Pick<Task, "args"> & Pick<Task, "stdoutSha256" | "invoke">;
}

/** A selection that cannot be measured here. */
export interface AbsentArm {
  readonly label: string;
  readonly why: string;
  readonly mend?: string;
}

/**
 * Finds the runtimes of a list of selectors, in order. One that is not there, or has not the tier in its version, is a
 * value with a reason. Throws an `UnknownRuntime` for what no table row has.
 */
export async function findArms(
  selectors: readonly string[],
  table: readonly Runtime[],
): Promise<{ readonly arms: Arm[]; readonly absent: AbsentArm[] }> {
  const selections = selectors.map((text) => parseSelector(text, table));
  const [arms, absent]: [Arm[], AbsentArm[]] = [[], []];
  for (const { runtime, version, tier } of selections) {
    const found = await runtime.find(version);
    const label = selectorText({ runtime, tier, version: found.found ? found.version : version });
    if (!found.found) absent.push({ label, why: found.why, mend: found.mend });
    else if (found.without?.[tier.name] !== undefined) {
      absent.push({ label, why: found.without[tier.name]! });
    } else arms.push({ label, runtime, found, tier });
  }
  return { arms, absent };
}
