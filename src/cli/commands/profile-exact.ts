import { superviseRun } from "../../collect/index.ts";
import type { ProfileRun, Supervision } from "../../collect/index.ts";
import { Refusal } from "../../instrument/index.ts";
import type { ExactMode } from "../../instrument/index.ts";
import { hasMultiMemory } from "../../runtimes/index.ts";
import type { Io, Option, Parsed } from "../command.ts";
import { oneOf, positive } from "../files.ts";
import { progress } from "../progress.ts";
import type { GuestRun } from "./profile-guest.ts";

/** The options of the exact modes. */
export const exactOptions: readonly Option[] = [
  {
    name: "memory",
    value: "KIND",
    help: "where mode tree keeps the tree: second or region (default: what Node can)",
  },
  { name: "max-nodes", value: "N", help: "bound of the tree's size (default: 4000000)" },
  {
    name: "measure-overhead",
    help: "run the guest ten times more, without input and output, and say what counting costs",
  },
];

/** Runs a module and counts what it executes; `wished` is the mode that the user asked for, if any. */
export async function profileExactly(
  parsed: Parsed,
  io: Io,
  bytes: Uint8Array,
  about: GuestRun,
  supervision: Supervision,
  wished: ExactMode | undefined,
): Promise<ProfileRun> {
  const lines = parsed.flag("lines");
  const kind = parsed.value("memory");
  const mostNodes = parsed.value("max-nodes");
  const memory =
    kind === undefined
      ? hasMultiMemory()
        ? "second"
        : "region"
      : oneOf(kind, ["second", "region"], "memory");
  const run = (mode: ExactMode): Promise<ProfileRun> =>
    superviseRun(
      bytes,
      {
        ...about,
        mode,
        memory,
        ...(mostNodes === undefined ? {} : { mostNodes: positive(mostNodes, "max-nodes") }),
        onBody: progress(io, `instrumenting ${about.module.name}`),
        ...(parsed.flag("measure-overhead")
          ? { onOverheadRun: progress(io, "measuring the overhead") }
          : {}),
      },
      supervision,
    );
  try {
    return await run(wished ?? (lines ? "tree+blocks" : "tree"));
  } catch (error) {
    // Nobody asked for the tree: count what can be counted.
    if (!(error instanceof Refusal) || wished !== undefined) throw error;
    io.stderr(`wasmscope: no call tree (${error.message}); counting blocks\n`);
    return run("blocks");
  }
}
