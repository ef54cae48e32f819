import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { decodeModule, featuresOf } from "../../wasm/index.ts";
import { missing } from "../../../test/skip.ts";
import { node } from "../rows/node.ts";
import type { Found } from "../runtime.ts";
import { probeFeatures } from "./probe-features.ts";
import { probeWith } from "./probe.ts";
import type { ProbeEnd, RunProbe } from "./probe.ts";
import { proposalProbes } from "./proposals.ts";
import { lackingFeatures } from "./report.ts";
import { coldProbes } from "./run-probe.ts";
import { wasiProbes } from "./wasi-functions.ts";
import { wasiGuest } from "./wasi-guest.ts";

const folder = mkdtempSync(join(tmpdir(), "features-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const noWasmTools = spawnSync("wasm-tools", ["--version"]).status !== 0;
const wasmTools = noWasmTools ? missing("no wasm-tools: pip install wasm-tools") : {};

/** Where wasm-tools calls a proposal otherwise than `featuresOf`. */
const otherNames: Readonly<Record<string, string>> = {
  "mutable-globals": "mutable-global",
  "tail-calls": "tail-call",
};

for (const { feature, module } of proposalProbes)
  test(`the probe of ${feature} is valid with it only, and featuresOf sees it`, wasmTools, () => {
    const bytes = module();
    assert.ok(featuresOf(decodeModule(bytes)).some((found) => found === feature));
    const file = join(folder, `${feature}.wasm`);
    writeFileSync(file, bytes);
    const isValid = (features: string): boolean =>
      spawnSync("wasm-tools", ["validate", "-f", features, file]).status === 0;
    assert.ok(isValid("all"));
    assert.ok(!isValid(`all,-${otherNames[feature] ?? feature}`), "valid without the feature");
  });

test("a probe of this V8 finds what it validates, and no more", async () => {
  const found = (await node.find()) as Found;
  const report = await probeFeatures(node, found, node.tiers[0]!);
  const valid = proposalProbes.filter(({ module }) =>
    WebAssembly.validate(Uint8Array.from(module())),
  );
  assert.deepEqual(
    report.proposals,
    valid.map(({ feature }) => feature),
  );
  assert.equal(report.proposals.length + report.wasi.length + report.untried.length > 50, true);
  // What Node 20 has for sure, and what no version has.
  for (const feature of ["sign-extension", "simd", "threads"])
    assert.ok(report.proposals.includes(feature), feature);
  for (const name of ["proc_exit", "fd_read", "poll_oneoff", "path_open", "clock_time_get"])
    assert.ok(report.wasi.includes(name), name);
  assert.match(report.without["custom-page-sizes"] ?? "", /memory limits|flags/);
});

test("cold processes and hosts find the same", async () => {
  const found = (await node.find()) as Found;
  const hosted = await probeFeatures(node, found, node.tiers[0]!);
  const cold = await probeWith(coldProbes({ runtime: node, found, tier: node.tiers[0]! }), 2);
  assert.deepEqual(cold.proposals, hosted.proposals);
  assert.deepEqual(cold.wasi, hosted.wasi);
});

/** Runs a guest here on functions of WASI that lie, fail, or are not there, and otherwise say success. */
function pretending(faults: Readonly<Record<string, "missing" | "dies" | number>>): RunProbe {
  return ({ module }) => {
    let stdout = "";
    let memory: WebAssembly.Memory | undefined;
    const write = (list: number): number => {
      const view = new DataView(memory!.buffer);
      const text = Buffer.from(
        memory!.buffer,
        view.getUint32(list, true),
        view.getUint32(list + 4, true),
      );
      stdout += text.toString();
      return 0;
    };
    const stub = (name: string) => (first: number, second: number) => {
      const fault = faults[name];
      if (fault === "dies") throw new Error("oh no");
      if (name === "proc_exit") throw new Error(`exit ${first}`);
      return name === "fd_write" && first === 1 ? write(second) : (fault ?? 0);
    };
    const names = [...wasiProbes.map(({ name }) => name), "proc_exit"];
    const there = names.filter((name) => faults[name] !== "missing");
    const imports = {
      wasi_snapshot_preview1: Object.fromEntries(there.map((name) => [name, stub(name)])),
    };
    return Promise.resolve(
      endOf(
        () => {
          const instance = new WebAssembly.Instance(
            new WebAssembly.Module(Uint8Array.from(module)),
            imports,
          );
          memory = instance.exports["memory"] as WebAssembly.Memory;
          (instance.exports["_start"] as () => void)();
        },
        () => stdout,
      ),
    );
  };
}

function endOf(run: () => void, stdout: () => string): ProbeEnd {
  try {
    run();
    return { code: 0, stdout: stdout(), words: "" };
  } catch (error) {
    const words = (error as Error).message;
    const code = /^exit (\d+)$/.exec(words)?.[1];
    return { ...(code === undefined ? {} : { code: Number(code) }), stdout: stdout(), words };
  }
}

test("functions that lie, fail, die or are not there are not supported", async () => {
  const report = await probeWith(
    pretending({
      sock_accept: "missing",
      sched_yield: "dies",
      fd_sync: 52,
      proc_raise: 58,
      fd_advise: 28,
    }),
  );
  // Success is all that these say: nothing moved, nothing was written.
  assert.deepEqual(report.wasi, [
    "fd_datasync",
    "fd_fdstat_set_rights",
    "path_link",
    "path_remove_directory",
    "path_symlink",
    "proc_exit",
  ]);
  assert.deepEqual(report.untried, ["sock_recv", "sock_send", "sock_shutdown"]);
  assert.deepEqual(report.unlinkable, ["sock_accept"]);
  assert.match(report.without["sock_accept"] ?? "", /sock_accept/);
  assert.equal(report.without["sched_yield"], "oh no");
  assert.equal(report.without["fd_sync"], "errno 52");
  assert.equal(report.without["fd_advise"], "errno 28");
  assert.match(report.without["random_get"] ?? "", /without doing it/);
});

test("a runtime without proc_exit is found out by its last line", async () => {
  const report = await probeWith(pretending({ proc_exit: "dies" }));
  assert.equal(report.without["proc_exit"], "oh no");
  assert.ok(!report.wasi.includes("proc_exit"));
});

test("what a module needs and a runtime has not is said with its words", async () => {
  const report = await probeWith(pretending({ fd_sync: 52 }));
  const needs = { proposals: ["simd", "of-the-future"], wasi: ["fd_sync", "fd_datasync"] };
  assert.deepEqual(lackingFeatures(report, needs), [{ name: "fd_sync", why: "errno 52" }]);
});

test("all functions of WASI preview 1 are tried, each once", () => {
  const names = wasiProbes.map(({ name }) => name);
  assert.equal(new Set(names).size, 45);
  const { imports } = decodeModule(wasiGuest(new Set()));
  assert.equal(imports.length, 46);
});

test("code is read only for features that show in it", () => {
  const whole = proposalProbes.find(({ feature }) => feature === "simd")!.module();
  const broken = Uint8Array.from(whole);
  // Opcode 0xff is none.
  broken[broken.lastIndexOf(0xfd)] = 0xff;
  const module = decodeModule(broken);
  assert.throws(() => featuresOf(module), /unknown opcode 0xff/);
  assert.throws(() => featuresOf(module, new Set(["threads"])), /unknown opcode 0xff/);
  assert.deepEqual(featuresOf(module, new Set(["memory64", "extended-const"])), []);
  assert.deepEqual(featuresOf(decodeModule(whole), new Set(["simd", "gc"])), ["simd"]);
});
