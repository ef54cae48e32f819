import assert from "node:assert/strict";
import { test } from "node:test";
import { emscripten, tasksOf } from "../../src/bench/index.ts";
import type { Arm } from "../../src/bench/index.ts";
import type { Found } from "../../src/runtimes/index.ts";
import { bench, workload } from "./fakes.ts";

const found = (await emscripten.find()) as Found;
const arm: Arm = {
  label: "emscripten-nodefs",
  runtime: emscripten,
  found,
  tier: emscripten.tiers[0]!,
};
const given = { size: "mini", args: [], env: {}, dirs: [] } as const;

test("Emscripten's build of the loads prints what WASI's does, all of them", async () => {
  const tasks = tasksOf("io", given);
  const { failures, records } = await bench({
    arms: [arm],
    tasks,
    levels: ["cold"],
    repetitions: 1,
  });
  assert.deepEqual(failures, []);
  const measured = new Set(records.map(({ module }) => module));
  assert.deepEqual(measured, new Set(tasks.map(({ module }) => module)));
});

test("another program is refused in words, as are hosts and other versions", async () => {
  const { failures, records } = await bench({ arms: [arm], tasks: [workload("fib")] });
  assert.deepEqual(records, []);
  assert.deepEqual(
    failures.map(({ level, failed, message }) => [level, failed, message]),
    [
      ["warm", "unsupported", "it has no engine host here: cold runs only"],
      ["cold", "refused", "only workloads/io.wasm is built by Emscripten, too"],
    ],
  );
  const other = await emscripten.find("1.0");
  assert.ok(!other.found && /3\.1\.6/.test(other.why));
});
