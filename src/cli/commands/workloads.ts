import { UsageError } from "../command.ts";
import type { Command } from "../command.ts";
import { listWorkloads } from "./workloads-list.ts";
import { makeInputs } from "./workloads-inputs.ts";
import { runOneWorkload } from "./workloads-run.ts";
import { verifyWorkloads } from "./workloads-verify.ts";

const actions = {
  list: listWorkloads,
  run: runOneWorkload,
  inputs: makeInputs,
  verify: verifyWorkloads,
} as const;

/** Lists, runs and checks the programs that come with the tool. */
export const workloadsCommand: Command = {
  name: "workloads",
  summary: "List, run and check the programs that come with wasmscope.",
  usage: "list|run|inputs|verify [NAME|GROUP…] [options]",
  manyOperands: true,
  options: [
    { name: "size", value: "SIZE", help: "mini (default), small, medium, large or extralarge" },
    {
      name: "runtime",
      value: "NAME[@VERSION][:TIER]",
      multiple: true,
      help: "what runs it (default: node); verify takes several, and all",
    },
    { name: "timeout", value: "DURATION", help: "end a run after 500ms, 2s or 1m (default: 10m)" },
    { name: "json", help: "print the list, or what verify found, as JSON" },
    { name: "help", short: "h", help: "print this help" },
  ],
  details: [
    "  list     what there is: name, group, sizes, what it stands for",
    "  run      one program, with its own arguments and input",
    "  inputs   make what programs read (below WASMSCOPE_CACHE, or ~/.cache/wasmscope), and check it",
    "  verify   run programs and compare what they print with the manifest; exit code 1 when one differs",
    "Without names it is all of them. Groups: coremark, kernel, worst, program, example, polybench, matmul, edge, io.",
  ].join("\n"),
  examples: [
    ["what there is", "wasmscope workloads list"],
    [
      "a kernel on wasmtime",
      "wasmscope workloads run polybench-gemm --size large --runtime wasmtime",
    ],
    ["the edge functions on all runtimes", "wasmscope workloads verify edge --runtime all"],
  ],
  async run(parsed, io) {
    const [action = "list", ...names] = parsed.positionals;
    const act = actions[action as keyof typeof actions] as (typeof actions)["verify"] | undefined;
    if (act === undefined) {
      throw new UsageError(`there is no ${action}; there are ${Object.keys(actions).join(", ")}`);
    }
    return act(names, parsed, io);
  },
};
