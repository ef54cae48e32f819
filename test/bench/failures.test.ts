import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { summarise, tasksOf } from "../../src/bench/index.ts";
import { armsOf, bench, scripted, workload } from "./fakes.ts";

const folder = mkdtempSync(join(tmpdir(), "wasmscope-bench-test-"));
after(() => rmSync(folder, { recursive: true }));

const given = { size: "mini", args: [], env: {}, dirs: [] } as const;

test("output that is not the manifest's is a failure at each level, not a time", async () => {
  const [node] = await armsOf("node");
  const liar = { ...node!, label: "liar", task: { args: ["16"] } };
  const { records, failures } = await bench({ arms: [node!, liar], tasks: [workload("fib")] });
  assert.ok(records.every(({ arm }) => arm === node!.label));
  assert.deepEqual(
    new Set(failures.map(({ arm, failed }) => `${arm} ${failed}`)),
    new Set(["liar wrong-output"]),
  );
  assert.match(failures[0]!.message, /not what the manifest says/);
  // Once a process: what is wrong is wrong again.
  assert.equal(failures.length, 2);
});

test("without an expected output the arms must agree", async () => {
  const [node] = await armsOf("node");
  const { stdoutSha256: _, ...task } = workload("fib");
  const silent = scripted("silent", "console.log('42')");
  const { failures } = await bench({ arms: [node!, silent], tasks: [task], levels: ["cold"] });
  assert.ok(
    failures.some(
      ({ failed, message }) => failed === "wrong-output" && /gave something else/.test(message),
    ),
  );
});

test("an engine that crashes is a record in its own words, and others are measured", async () => {
  const [node] = await armsOf("node");
  const crashing = scripted("crashing", "process.stderr.write('bad engine\\n'); process.abort()");
  const run = await bench({ arms: [node!, crashing], tasks: [workload("fib")], repetitions: 1 });
  const own = run.failures.filter(({ arm }) => arm === "crashing");
  assert.deepEqual(new Set(own.map(({ failed }) => failed)), new Set(["crash"]));
  assert.ok(own.every(({ message }) => message.includes("bad engine")));
  assert.ok(run.records.some(({ arm, metric }) => arm === node!.label && metric === "total"));
  const [cold] = summarise([...run.records, ...run.failures]);
  assert.equal(cold!.arms[1]!.wall, undefined);
  assert.equal(cold!.arms[1]!.failures[0]!.failed, "crash");
});

test("a run that takes too long is ended", async () => {
  const hanging = scripted("hanging", "setInterval(() => {}, 1000)");
  const { failures, ends } = await bench({
    arms: [hanging],
    tasks: [workload("fib")],
    limits: { timeoutMs: 300 },
  });
  assert.deepEqual(new Set(failures.map(({ failed }) => failed)), new Set(["timeout"]));
  assert.equal(ends[0]!.stopped, "failed");
});

test("a run with too much memory is ended", async () => {
  const greedy = scripted(
    "greedy",
    "globalThis.kept = Buffer.alloc(3e8, 1); setInterval(() => {}, 1000)",
  );
  const { failures } = await bench({
    arms: [greedy],
    tasks: [workload("fib")],
    limits: { timeoutMs: 60_000, memoryBytes: 1.5e8 },
  });
  assert.deepEqual(new Set(failures.map(({ failed }) => failed)), new Set(["memory"]));
});

test("a module that an engine refuses is a row in the engine's own words", async () => {
  const file = join(folder, "bad.wasm");
  writeFileSync(file, Buffer.from("0061736d0100000001ff", "hex"));
  const { failures, records } = await bench({
    arms: await armsOf("node"),
    tasks: tasksOf(file, given),
  });
  assert.deepEqual(records, []);
  assert.deepEqual(new Set(failures.map(({ failed }) => failed)), new Set(["refused"]));
  assert.match(failures[0]!.message, /WebAssembly\.Module/);
});

test("an arm that will not take the module is a row before anything runs, and others are measured", async () => {
  const [node] = await armsOf("node");
  const never = scripted("never", "require('node:fs').writeFileSync(process.env.RAN, '')");
  process.env["RAN"] = join(folder, "ran");
  const { failures, records } = await bench({
    arms: [never, node!],
    tasks: [workload("fib")],
    counts: true,
    repetitions: 1,
    refuses: (arm) => Promise.resolve(arm === never ? "fib needs simd" : undefined),
  });
  delete process.env["RAN"];
  assert.deepEqual(
    failures.map(({ arm, failed, level, message }) => [arm, failed, level, message]),
    [
      ["never", "unsupported", "cold", "fib needs simd"],
      ["never", "unsupported", "warm", "fib needs simd"],
    ],
  );
  assert.ok(!existsSync(join(folder, "ran")));
  assert.ok(records.some(({ arm, level }) => arm === node!.label && level === "warm"));
});

test("nothing is left to measure when all arms will not take the module", async () => {
  const arms = await armsOf("node");
  const refuses = (): Promise<string> => Promise.resolve("it needs simd");
  const { ends, failures, records } = await bench({ arms, tasks: [workload("fib")], refuses });
  assert.deepEqual([ends[0]!.stopped, ends[0]!.blocks, records.length], ["failed", 0, 0]);
  assert.equal(failures.length, 2);
});

for (const [code, words, kind] of [
  [125, "something about the module", "refused"],
  [125, "trap: unreachable", "trap"],
  [3, "something about the guest", "crash"],
] as const)
  test(`a command that ends with ${code} and says "${words}" is a ${kind}`, async () => {
    const script = `console.error(${JSON.stringify(words)}); process.exit(${code})`;
    const { failures } = await bench({
      arms: [scripted("failing", script)],
      tasks: [workload("fib")],
      levels: ["cold"],
    });
    assert.ok(failures.some(({ failed, message }) => failed === kind && message === words));
  });

test("hot calls are of an exported function; a program without one has none", async () => {
  const arms = await armsOf("node");
  const invoke = { name: "fib", args: ["5"] };
  const file = workload("fib").file;
  const levels = ["hot"] as const;
  const hot = await bench({ arms, levels, tasks: tasksOf(file, { ...given, invoke }) });
  assert.deepEqual(hot.failures, []);
  assert.ok(hot.records.every(({ level, metric }) => level === "hot" && metric === "steady-call"));
  assert.ok(hot.records.length >= 10);
  // A call of less than a microsecond: each sample is the mean of many.
  assert.ok(hot.records.every(({ calls = 1 }) => calls > 1));
  const none = await bench({ arms, levels, tasks: [workload("fib")] });
  assert.deepEqual(
    none.failures.map(({ failed, level }) => [failed, level]),
    [["unsupported", "hot"]],
  );
});
