import { statSync } from "node:fs";
import { basename, join } from "node:path";
import { EngineHost } from "./host/client.ts";
import { CannotRun } from "./in-process/guest.ts";
import { timedStep } from "./launch/timed-step.ts";
import type { LaunchedBy, Prepared, PrepareJob } from "./runtime.ts";

/** Lets a host compile a module and store what it made. Throws a `CannotRun` with the engine's words. */
export async function prepareByHost(
  command: LaunchedBy,
  { module, folder }: PrepareJob,
): Promise<Prepared> {
  const artefact = join(folder, `${basename(module)}.artefact`);
  const host = EngineHost.start(command);
  const loaded = await host.load({ path: module, from: "wasm", storeTo: artefact });
  await host.end();
  if ("failed" in loaded) throw new CannotRun(loaded.message);
  const steps = Object.entries(loaded.phases).map(([name, { startNs, endNs, cpuNs }]) => ({
    name,
    wallNs: endNs - startNs,
    cpuNs,
  }));
  return { artefact, bytes: statSync(artefact).size, steps };
}

/** Lets a command make an artefact. Throws a `CannotRun` with what it says. */
export async function prepareByCommand(
  step: string,
  command: LaunchedBy,
  artefact: string,
): Promise<Prepared> {
  const steps = [await timedStep(step, command)];
  return { artefact, bytes: statSync(artefact).size, steps };
}

/** Prepares nothing: the module itself is run. */
export function unprepared({ module }: PrepareJob): Prepared {
  return { artefact: module, bytes: statSync(module).size, steps: [] };
}
