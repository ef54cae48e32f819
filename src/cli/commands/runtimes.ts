import { UsageError } from "../command.ts";
import type { Command } from "../command.ts";
import { doctor } from "./runtimes-doctor.ts";
import { installRuntimes } from "./runtimes-install.ts";
import { listRuntimes } from "./runtimes-list.ts";

const actions = { list: listRuntimes, install: installRuntimes, doctor } as const;

/** Lists, installs and checks runtimes. */
export const runtimesCommand: Command = {
  name: "runtimes",
  summary: "List, install and check the runtimes that modules can be run on.",
  usage: "list|install|doctor [NAME[@VERSION]…|all] [options]",
  manyOperands: true,
  options: [
    { name: "json", help: "print the list as JSON" },
    { name: "help", short: "h", help: "print this help" },
  ],
  details: [
    "  list     what is there: versions, tiers, features",
    "  install  fetch runtimes from their registries into the cache folder, by the registries' own clients",
    "  doctor   what is missing or damaged, and the command that mends it",
    "A version may be a beginning: wasmtime@17 is the newest 17. Everything is below WASMSCOPE_CACHE, or wasmscope in",
    "the folder for caches (~/.cache).",
  ].join("\n"),
  examples: [
    ["what there is", "wasmscope runtimes list"],
    ["two versions, side by side", "wasmscope runtimes install wasmtime@0.19.0 wasmtime"],
    ["everything", "wasmscope runtimes install all"],
  ],
  async run(parsed, io) {
    const [action = "list", ...names] = parsed.positionals;
    const act = actions[action as keyof typeof actions] as (typeof actions)["list"] | undefined;
    if (act === undefined) {
      throw new UsageError(`there is no ${action}; there are ${Object.keys(actions).join(", ")}`);
    }
    return act(names, parsed, io);
  },
};
