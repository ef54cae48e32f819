import assert from "node:assert/strict";
import { test } from "node:test";
import { callTool } from "./run.ts";

test("lists workloads, all or by name and group", async () => {
  const { code, stdout } = await callTool("workloads", "list", "--json");
  assert.equal(code, 0);
  const { workloads } = JSON.parse(stdout) as { workloads: { name: string; group: string }[] };
  assert.equal(workloads.filter(({ group }) => group === "polybench").length, 30);
  const named = await callTool("workloads", "list", "edge", "io-random");
  assert.equal(named.stdout.split("\n").length, 5 + 1 + 1);
  assert.match(named.stdout, /^edge-canny +edge +mini medium large +\w/);
});

test("makes inputs, once, and says where they are", async () => {
  const first = await callTool("workloads", "inputs", "marg-2000.csv");
  assert.match(first.stdout, /marg-2000\.csv: 267382 bytes\n$/);
  const again = await callTool("workloads", "inputs", "marg-2000.csv");
  assert.equal(again.stdout, first.stdout);
});

test("verifies what workloads print", async () => {
  const { code, stdout } = await callTool("workloads", "verify", "edge-marg", "io-opens");
  assert.equal(stdout, "node: 2 of 2 workloads print what they must (size mini)\n");
  assert.equal(code, 0);
});

test("a workload that does not get to its end fails the check, with a reason", async () => {
  const args = ["workloads", "verify", "fib", "--size", "large", "--timeout", "1ms", "--json"];
  const { code, stdout } = await callTool(...args);
  assert.equal(code, 1);
  const { verdicts } = JSON.parse(stdout) as { verdicts: object[] };
  assert.deepEqual(verdicts, [{ runtime: "node", workload: "fib", ok: false, why: "timeout" }]);
});

const refused: readonly (readonly [RegExp, ...string[]])[] = [
  [/there is no workload nothing .* no group: coremark, /, "list", "nothing"],
  [/there is no eat; there are list, run, inputs, verify/, "eat"],
  [/there is no input x; there are street-/, "inputs", "x"],
  [/run takes one workload/, "run", "edge"],
  [/edge-marg has the sizes mini, large/, "run", "edge-marg", "--size", "small"],
  [/--size is one of mini, /, "verify", "--size", "huge"],
  [/no runtime has the name "x"/, "verify", "fib", "--runtime", "x"],
];
for (const [why, ...args] of refused)
  test(`refuses workloads ${args.join(" ")}`, async () => {
    const { code, stderr } = await callTool("workloads", ...args);
    assert.equal(code, 125);
    assert.match(stderr, why);
  });
