import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runtimes } from "../../src/runtimes/index.ts";
import { bpftraceScript, observeByEbpf, whyNotEbpf } from "../../src/trace/index.ts";
import type { ObservedRuntime } from "../../src/trace/index.ts";
import { inFolder } from "../cli/run.ts";
import { root } from "../root.ts";
import { missing } from "../skip.ts";

const names = ["fd_write", "fd_seek", "path_open"];
const module = join(root, "workloads/io.wasm");

async function found(name: string): Promise<ObservedRuntime | undefined> {
  const runtime = runtimes.find((row) => row.name === name)!;
  const there = await runtime.find();
  return there.found ? { runtime, found: there, tier: runtime.tiers[0]! } : undefined;
}

const node = (await found("node"))!;
const wazero = await found("wazero");
const why = whyNotEbpf();
const hasBpftrace = spawnSync("bpftrace", ["--version"]).status === 0;
const lacking =
  why ??
  (wazero === undefined ? "wazero is missing: wasmscope runtimes install wazero" : undefined) ??
  (hasBpftrace ? undefined : "bpftrace is missing: apt-get install bpftrace");

test("catches returns, but not where stacks are moved", () => {
  const job = { module, args: ["io", "it's"], env: {}, dirs: [] };
  const script = bpftraceScript(node, names, job);
  for (const name of names) {
    assert.match(script, new RegExp(`^uprobe:[^\\n]*_${name} .*@at\\[tid\\] = "${name}";`, "m"));
  }
  assert.equal(script.match(/^uretprobe:/gm)?.length, names.length);
  // What is in quotes stays in quotes, in the command that is shown.
  assert.match(script, /^\/\/ {3}exec .*it'\\''s/m);
  assert.throws(() => bpftraceScript(node, ["nothing"], job), /not known|no /);
});

test("a script counts what the tool counts", lacking === undefined ? {} : missing(lacking), () =>
  inFolder(async (folder) => {
    const job = {
      module,
      args: ["io", "writes", "40", "16"],
      env: {},
      dirs: [{ host: folder, guest: "." }],
    };
    const script = bpftraceScript(wazero!, names, job);
    assert.doesNotMatch(script, /uretprobe/);
    writeFileSync(join(folder, "wasi.bt"), script);
    const commands = [...script.matchAll(/^\/\/ {3}(.*)$/gm)].map(([, line]) => line!);
    const text = commands.join("\n").replace("sudo ", "");
    const { stdout, stderr } = spawnSync("sh", ["-c", text], { cwd: folder, encoding: "utf8" });
    const seen = await observeByEbpf(wazero!, { ...job, names });
    for (const { name, calls } of seen.functions) {
      const [, counted] = new RegExp(`@calls\\[${name}\\]: (\\d+)`).exec(stdout) ?? [];
      assert.equal(Number(counted), calls, `${name}: ${stdout}${stderr}`);
    }
    const write = seen.functions.find(({ name }) => name === "fd_write")!;
    assert.equal(write.calls, 41);
    // Number 1 is write.
    assert.match(stdout, /@syscalls\[fd_write, 1\]: 41\n/);
    assert.match(stdout, /@time\[guest\]: \d+/);
  }),
);
