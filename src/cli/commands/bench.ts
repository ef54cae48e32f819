import { UsageError } from "../command.ts";
import type { Command } from "../command.ts";
import { measuringOptions } from "../bench-options.ts";
import { compareRecords } from "./bench-compare.ts";
import { measureModules } from "./bench-measure.ts";
import { selfTest } from "./bench-self-test.ts";

/** Measures runtimes, and compares records. */
export const benchCommand: Command = {
  name: "bench",
  summary: "Measure runtimes against each other in randomised blocks, with intervals.",
  usage:
    "MODULE|SUITE [options] [-- ARG…]\n       wasmscope bench compare OLD NEW [--fail-over 5%]\n       wasmscope bench aa|inject 5% [options]",
  manyOperands: true,
  options: [
    ...measuringOptions,
    { name: "dir", value: "HOST[::GUEST]", multiple: true, help: "let the guest see a folder" },
    { name: "env", value: "NAME=VALUE", multiple: true, help: "set a variable of the guest" },
    {
      name: "invoke",
      value: "FUNCTION",
      help: "call an exported function with the arguments instead of _start",
    },
    {
      name: "counts",
      help: "count instructions too, those of the module and (with valgrind) of the machine",
    },
    {
      name: "cachegrind",
      help: "with the counts: cache misses, and what running alone costs (valgrind; takes long)",
    },
    { name: "fail-over", value: "PERCENT", help: "compare: exit with 1 when so much slower" },
    {
      name: "by",
      value: "wall|cpu",
      help: "compare, aa, inject: by which time (default: wall; cpu bears a busy machine)",
    },
    { name: "json", help: "print the results as JSON" },
    { name: "help", short: "h", help: "print this help" },
  ],
  details: [
    "A block has every runtime once, in random order; all figures are with 99 % intervals, and ratios are to",
    "the first runtime. A SUITE is a group of workloads (polybench, matmul, edge, io), one workload, or all.",
    "Exit code 1: a run failed, its output was wrong, or compare found something slower. docs/bench.md says more.",
  ].join("\n"),
  examples: [
    ["two compilers of V8", "wasmscope bench app.wasm -r node,node:liftoff -- input.txt"],
    [
      "keep the records",
      "wasmscope bench polybench -r node,wasmtime --budget 10m -o records.jsonl",
    ],
    ["in CI", "wasmscope bench compare old.jsonl new.jsonl --fail-over 5%"],
    ["whether this machine can tell 5 %", "wasmscope bench inject 5%"],
  ],
  async run(parsed, io) {
    const [first] = parsed.positionals;
    if (first === undefined) throw new UsageError("which module or suite?");
    if (first === "compare") return compareRecords(parsed, io);
    if (first === "aa" || first === "inject") return selfTest(parsed, io);
    return measureModules(parsed, io);
  },
};
