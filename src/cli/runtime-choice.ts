import { CannotRun, parseSelector, runtimes, UnknownRuntime } from "../runtimes/index.ts";
import type { Found, Selection } from "../runtimes/index.ts";
import { UsageError } from "./command.ts";
import type { Io } from "./command.ts";

/** What `--runtime` says: a runtime that is there, and a tier that it has. */
export interface RuntimeChoice extends Selection {
  readonly found: Found;
}

/**
 * Reads `NAME[@VERSION][:TIER]`. Throws a `UsageError` that lists what there is for what is none of it.
 *
 * @param option What the message begins with where it stands behind an option.
 */
export function selectRuntime(text: string, option = ""): Selection {
  try {
    return parseSelector(text, runtimes);
  } catch (error) {
    if (error instanceof UnknownRuntime) throw new UsageError(`${option}${error.message}`);
    throw error;
  }
}

/** Finds the runtime of a selection. Throws a `CannotRun` that says what to type when it is not there. */
export async function findRuntime(text: string): Promise<RuntimeChoice> {
  const selection = selectRuntime(text, "--runtime ");
  const found = await selection.runtime.find(selection.version);
  if (!found.found) throw new CannotRun(`${found.why}; type: ${found.mend}`);
  const without = found.without?.[selection.tier.name];
  if (without !== undefined) {
    throw new CannotRun(`${text}: version ${found.version} has no such tier: ${without}`);
  }
  return { ...selection, found };
}

/** Gives what says on a terminal that a runtime's features are about to be tried out, where that takes seconds. */
export function probeNotice(
  { runtime, found }: Pick<RuntimeChoice, "runtime" | "found">,
  io: Pick<Io, "stderr" | "stderrIsTerminal">,
): () => void {
  return () => {
    if (runtime.host !== undefined || !io.stderrIsTerminal) return;
    io.stderr(`wasmscope: finding out what ${runtime.name} ${found.version} can do, once\n`);
  };
}
