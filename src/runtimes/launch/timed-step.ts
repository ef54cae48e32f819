import { CannotRun } from "../in-process/guest.ts";
import type { LaunchedBy, Prepared } from "../runtime.ts";
import { launch } from "./launch.ts";

/** How much of what a compiler says is kept. */
const keptWords = 2_000;

/**
 * Runs one step of preparing a module, such as a compiler, to its end, and says what it cost. Throws a `CannotRun`
 * with what it says when it fails.
 */
export async function timedStep(
  name: string,
  command: LaunchedBy,
): Promise<Prepared["steps"][number]> {
  const launched = launch(command, ["ignore", "ignore", "pipe"]);
  let words = "";
  launched.child.stderr!.on("data", (chunk: Buffer) => {
    if (words.length < keptWords) words += chunk.toString();
  });
  const { code, signal, failed, startNs, endNs, usage } = await launched.ended;
  if (code !== 0) {
    const how = `${command.file} ended with ${code ?? signal}`;
    throw new CannotRun(failed ?? (words.slice(0, keptWords).trim() || how));
  }
  // Without the kernel's account the step counts as one processor at work.
  const cpuNs = usage === undefined ? endNs - startNs : usage.userNs + usage.systemNs;
  return { name, wallNs: endNs - startNs, cpuNs };
}
