import assert from "node:assert/strict";
import { test } from "node:test";
import { countInstructions } from "../../src/bench/counts.ts";
import { RunFolder } from "../../src/bench/run-folder.ts";
import { callTool, spawnTool } from "../cli/run.ts";
import { workload } from "./fakes.ts";

test("instructions of a task are counted exactly, and are those that the profiler reports", async () => {
  const folder = new RunFolder();
  try {
    const task = workload("fib");
    const once = await countInstructions(task, folder, { timeoutMs: 120_000 });
    const again = await countInstructions(task, folder, { timeoutMs: 120_000 });
    assert.deepEqual(once, again);
    const [counted] = once.samples;
    assert.deepEqual(
      [counted!.metric, counted!.unit, counted!.by],
      ["instructions", "count", "profile"],
    );
    const { stdout } = spawnTool([
      "profile",
      task.file,
      "--mode",
      "insns",
      "-o",
      "-",
      "--format",
      "folded",
      "--",
      ...task.args,
    ]);
    const sum = [...stdout.matchAll(/ (\d+)$/gm)].reduce((total, [, n]) => total + Number(n), 0);
    assert.equal(counted!.value, sum);
  } finally {
    folder.remove();
  }
});

test("a module that cannot be counted is a failure with a reason", async () => {
  const folder = new RunFolder();
  try {
    const task = { ...workload("fib"), args: [], invoke: { name: "nothing", args: [] } };
    const { failures } = await countInstructions(task, folder, { timeoutMs: 120_000 });
    assert.equal(failures[0]!.failed, "refused");
    assert.match(failures[0]!.message, /nothing/);
  } finally {
    folder.remove();
  }
});

test("the help names every command of bench", async () => {
  const { stdout } = await callTool("bench", "--help");
  for (const word of ["compare OLD NEW", "aa|inject", "--counts"]) assert.ok(stdout.includes(word));
});
