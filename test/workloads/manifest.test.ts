import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { runGuest } from "../../scripts/bench-child.ts";
import { readModule } from "../../scripts/bench-sections.ts";
import { readOwnWorkloads } from "../../scripts/bench-workloads.ts";
import { decodeModule, InstructionReader, readLocals, readNames } from "../../src/wasm/index.ts";
import { root } from "../root.ts";
import { missing } from "../skip.ts";

const workloads = readOwnWorkloads(true);

for (const workload of workloads) {
  test(`${workload.name} prints what the manifest says, in both tiers`, () => {
    assert.notEqual(workload.stdoutSha256, undefined);
    for (const tier of ["default", "turbofan"] as const) runGuest(workload, workload.file, tier);
    assert.throws(
      () => runGuest({ ...workload, stdoutSha256: "0" }, workload.file, "default"),
      /wrong output/,
    );
  });

  test(`${workload.name} names its functions and holds no DWARF`, () => {
    const module = decodeModule(readModule(workload.file));
    const { functions } = readNames(module);
    assert.ok(functions.size > module.functions.length / 2);
    assert.ok(module.sections.every(({ customName }) => !customName?.startsWith(".debug")));
  });
}

test("a guest that fails is an error that says how", () => {
  const wordcount = workloads.find(({ name }) => name === "wordcount");
  assert.ok(wordcount !== undefined);
  assert.throws(
    () => runGuest({ ...wordcount, args: [] }, wordcount.file, "default"),
    /exit code 2: usage: wordcount/,
  );
  const cut = join(root, "package.json");
  assert.throws(() => runGuest(wordcount, cut, "default"), /no result \(1\).*CompileError/s);
});

test("fib keeps both recursive calls, at -O0 and at -O2", () => {
  for (const name of ["fib", "fib-o0"]) {
    const file = workloads.find((workload) => workload.name === name)?.file ?? "";
    const module = decodeModule(readModule(file));
    const fib = [...readNames(module).functions].find(([, found]) => found === "fib")?.[0];
    assert.ok(fib !== undefined);
    assert.equal(callsOf(module, fib).filter((callee) => callee === fib).length, 2);
  }
});

test("the built modules are what their sources give, where the exact toolchain is", (t) => {
  const script = join(root, "scripts/build-workloads.mjs");
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, "--check"], {
    encoding: "utf8",
  });
  if (stdout.startsWith("skipped")) return t.skip(missing(stdout.trim()).skip);
  assert.equal(status, 0, stderr);
});

function callsOf(module: ReturnType<typeof decodeModule>, funcIndex: number): number[] {
  const body = funcIndex - module.importedFunctions;
  const { start, end } = module.bodies;
  const bodyEnd = end[body]!;
  const reader = new InstructionReader(module.bytes);
  const callees: number[] = [];
  reader.reset(readLocals(module.bytes, start[body]!, bodyEnd).codeStart, bodyEnd);
  while (reader.position < bodyEnd) {
    reader.next();
    if (reader.code === 0x10) callees.push(reader.index);
  }
  return callees;
}
