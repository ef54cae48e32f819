import { runtimeRun } from "../../collect/index.ts";
import type { ProfileRun, RuntimeChoice } from "../../collect/index.ts";
import { Refusal } from "../../instrument/index.ts";
import type { ExactMode } from "../../instrument/index.ts";
import { writeWhole } from "../../sys/index.ts";
import { UsageError } from "../command.ts";
import type { Io, Option, Parsed } from "../command.ts";
import { oneOf, positive } from "../files.ts";
import { progress } from "../progress.ts";
import { findRuntime, probeNotice } from "../runtime-choice.ts";
import type { GuestRun } from "./profile-guest.ts";

/** The options of the exact modes on other runtimes than this Node. */
export const runtimeOptions: readonly Option[] = [
  {
    name: "sink",
    value: "PATH",
    help: "with --runtime: counts come through this file of the first --dir, not stderr",
  },
];

/** Finds the runtime that `--runtime` names; undefined for this Node. Throws a `CannotRun` when it is not there. */
export async function chosenRuntime(parsed: Parsed): Promise<RuntimeChoice | undefined> {
  const text = parsed.value("runtime") ?? "node";
  return text === "node" ? undefined : findRuntime(text);
}

/** Counts what a module executes on another runtime; `wished` is the mode that the user asked for, if any. */
export async function profileOnRuntime(
  parsed: Parsed,
  io: Io,
  bytes: Uint8Array,
  about: GuestRun,
  choice: RuntimeChoice,
  { wished, timeoutMs }: { wished: ExactMode | undefined; timeoutMs?: number },
): Promise<ProfileRun> {
  const sinkPath = parsed.value("sink");
  if (sinkPath !== undefined && about.guest.dirs.length === 0) {
    throw new UsageError("--sink PATH is in the guest's first folder: --dir");
  }
  const mostNodes = parsed.value("max-nodes");
  const run = (mode: ExactMode): Promise<ProfileRun> =>
    runtimeRun(bytes, {
      ...about,
      ...choice,
      mode,
      memory: oneOf(parsed.value("memory") ?? "region", ["second", "region"], "memory"),
      ...(mostNodes === undefined ? {} : { mostNodes: positive(mostNodes, "max-nodes") }),
      ...(sinkPath === undefined ? {} : { sinkPath }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      onProbe: probeNotice(choice, io),
      // Its own stream: what is written need not be text.
      stderr: (part) => writeWhole(2, part),
      onBody: progress(io, `instrumenting ${about.module.name}`),
    });
  try {
    return await run(wished ?? (parsed.flag("lines") ? "tree+blocks" : "tree"));
  } catch (error) {
    if (!(error instanceof Refusal) || wished !== undefined) throw error;
    io.stderr(`wasmscope: no call tree (${error.message}); counting blocks\n`);
    return run("blocks");
  }
}
