import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { main } from "../../src/cli/main.ts";
import { functionFrames, hostProfiler } from "../../src/collect/index.ts";
import { formatOf } from "../../src/profile/index.ts";
import { decodeModule } from "../../src/wasm/index.ts";
import { root } from "../root.ts";
import { runWasi } from "./wasi-guest.ts";

const workload = join(root, "workloads/complex-simple.wasm");
const folder = mkdtempSync(join(tmpdir(), "wasmscope-abi-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const output = join(folder, "out.wasm");

async function wasmscope(
  ...argv: readonly string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  let [stdout, stderr] = ["", ""];
  const code = await main(["instrument", ...argv], {
    stdout: (text) => void (stdout += text),
    stderr: (text) => void (stderr += text),
    stderrIsTerminal: false,
    width: 80,
    env: {},
    now: () => 0,
  });
  return { code, stdout, stderr };
}

const abiHost = (...options: readonly string[]): ReturnType<typeof wasmscope> =>
  wasmscope(workload, "-o", output, "--abi", "host", ...options);

describe("wasmscope instrument --abi host", () => {
  it("makes a module whose calls of the chosen functions a host folds into stacks", async () => {
    const { code, stdout, stderr } = await abiHost("--only", "main,complex,s*mple", "--json");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal((JSON.parse(stdout) as { mode: string }).mode, "host");
    let now = 0;
    // A clock that moves by one at each reading: times are exact.
    const profiler = hostProfiler({ clock: () => now++ });
    const run = runWasi(readFileSync(output), ["10"], { imports: profiler.imports });
    assert.match(run.stdout, /^complex-simple rounds=10 /);
    const frameOf = functionFrames(decodeModule(readFileSync(workload)));
    const profile = profiler.profile({ name: "complex-simple.wasm", sha256: "" }, frameOf);
    const folded = new TextDecoder().decode(formatOf("x.folded")!.write(profile));
    assert.deepEqual(folded.trim().split("\n"), ["main 21", "main;complex 10", "main;simple 10"]);
  });

  it("leaves out what is to be skipped, and takes the imports' module name", async () => {
    const { code, stderr } = await abiHost("--skip", "*", "--import-module", "env");
    assert.equal(code, 0);
    assert.match(stderr, /^wasmscope: out\.wasm: mode host, /);
    const profiler = hostProfiler({ importModule: "env" });
    runWasi(readFileSync(output), ["1"], { imports: profiler.imports });
    const frameOf = functionFrames(decodeModule(readFileSync(workload)));
    assert.equal(profiler.profile({ name: "", sha256: "" }, frameOf).parents.length, 0);
  });

  const refusals: [options: string[], message: RegExp][] = [
    [["--abi", "guest"], /--abi is one of host, not guest/],
    [["--abi", "host", "--mode", "calls"], /--mode does not go with --abi/],
    [["--abi", "host", "--sink", "export"], /--sink does not go with --abi/],
    [["--only", "main"], /--only goes with --abi host only/],
    [["--abi", "host", "--only", "complex,nosuch"], /no function with a body is called nosuch/],
    [["--abi", "host", "--only", ","], /--only names no function/],
  ];
  for (const [options, message] of refusals)
    it(`refuses ${options.join(" ")}`, async () => {
      const { code, stderr } = await wasmscope(workload, "-o", output, ...options);
      assert.equal(code, 125);
      assert.match(stderr, message);
    });

  it("refuses a module that has the imports already, and a component", async () => {
    await wasmscope(workload, "-o", output, "--abi", "host");
    const twice = await wasmscope(output, "-o", join(folder, "x.wasm"), "--abi", "host");
    assert.match(twice.stderr, /imports wasmscope\.perf_start already/);
    const component = join(folder, "component.wasm");
    writeFileSync(component, Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0));
    const refused = await wasmscope(component, "-o", join(folder, "x.wasm"), "--abi", "host");
    assert.deepEqual([twice.code, refused.code], [125, 125]);
    assert.match(refused.stderr, /core modules of a component/);
  });
});
