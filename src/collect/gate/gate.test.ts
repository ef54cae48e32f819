import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { wat } from "../../../test/oracle/wat.ts";
import { proposalProbes } from "../../runtimes/features/proposals.ts";
import { runtimes } from "../../runtimes/index.ts";
import type { Found, LaunchedBy, RunJob, Runtime } from "../../runtimes/index.ts";
import { whyRefused } from "./gate.ts";

const folder = mkdtempSync(join(tmpdir(), "wasmscope-gate-"));
// Answers of runtimes that are made up here are not for the user's cache.
process.env["WASMSCOPE_CACHE"] = folder;
after(() => rmSync(folder, { recursive: true, force: true }));

const moduleWith = (feature: string): Uint8Array =>
  proposalProbes.find((probe) => probe.feature === feature)!.module();
const node = runtimes.find(({ name }) => name === "node")!;

/** What an engine does with the module that has its code and does nothing. */
type Answer = "takes it" | "refuses it" | "crashes";

const scripts: Readonly<Record<Answer, string>> = {
  "takes it": "exit 0",
  "refuses it":
    "echo error: /tmp/wasmscope-probe-x1/probe.wasm: bad >&2; echo '  opcode' >&2; exit 1",
  crashes: "kill -9 $$",
};

let made = 0;
/** An engine whose probes of some features fail, and that does with other modules what it is told. */
function engine(lacks: readonly string[], answer: Answer): Parameters<typeof whyRefused>[0] {
  const refused = new Set(lacks.map((feature) => Buffer.from(moduleWith(feature)).toString("hex")));
  const answerTo = ({ args, module }: RunJob): Answer => {
    if (args[0] === "guest") return answer;
    return refused.has(readFileSync(module).toString("hex")) ? "refuses it" : "takes it";
  };
  const launched = (script: string): LaunchedBy => ({ file: "/bin/sh", args: ["-c", script] });
  const runtime: Runtime = {
    name: `made-up-${made++}`,
    title: "",
    family: "none",
    tiers: [{ name: "only", title: "only", kind: "interpreter" }],
    find: () => Promise.resolve({ found: true, version: "1.2", path: folder }),
    command: (_found, _tier, job) => launched(scripts[answerTo(job)]),
  };
  const found: Found = { found: true, version: "1.2", path: folder };
  return { runtime, found, tier: runtime.tiers[0]!, bytes: moduleWith("simd") };
}

test("a module whose proposal an engine lacks is refused in its words, and before it runs", async () => {
  const question = engine(["simd", "threads"], "refuses it");
  const why = await whyRefused(question);
  assert.equal(why, `it needs simd, which ${question.runtime.name} 1.2 has not (bad opcode)`);
});

for (const answer of ["takes it", "crashes"] as const)
  test(`a module is run although a probe failed when the engine ${answer}`, async () => {
    assert.equal(await whyRefused(engine(["simd"], answer)), undefined);
  });

test("a module that needs nothing special is not asked about", async () => {
  const question = engine(["simd"], "refuses it");
  assert.equal(await whyRefused({ ...question, bytes: moduleWith("tail-calls") }), undefined);
});

test("an engine in which no probe works is given the module: nothing is known", async () => {
  const all = proposalProbes.map(({ feature }) => feature);
  assert.equal(await whyRefused(engine(all, "refuses it")), undefined);
});

test("what is no module, or not whole, is the engine's to refuse", async () => {
  const question = engine(["simd"], "refuses it");
  const whole = moduleWith("simd");
  for (const bytes of [
    Uint8Array.of(1, 2, 3),
    whole.subarray(0, whole.length - 1),
    Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0),
  ]) {
    assert.equal(await whyRefused({ ...question, bytes }), undefined);
  }
});

test("a function that is not exported is the engine's to miss", async () => {
  const question = engine(["simd"], "refuses it");
  assert.equal(await whyRefused({ ...question, invoke: "nope" }), undefined);
  assert.match((await whyRefused({ ...question, invoke: "_start" })) ?? "", /needs simd/);
});

test("this Node refuses exactly the proposals that it does not validate", async () => {
  const found = (await node.find()) as Found;
  const refused = [];
  for (const { feature, module } of proposalProbes) {
    const bytes = module();
    const why = await whyRefused({ runtime: node, found, tier: node.tiers[0]!, bytes });
    if (why !== undefined) refused.push(feature);
    assert.equal(why !== undefined, !WebAssembly.validate(Uint8Array.from(bytes)), feature);
  }
  assert.ok(refused.includes("custom-page-sizes"));
});

test("functions of WASI that are not there are said, and those of others are not", async () => {
  const found = (await node.find()) as Found;
  const bytes = wat(`(module
    (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
    (import "env" "sock_accept" (func)) (memory (export "memory") 1) (func (export "_start")))`);
  const question = { runtime: node, found, tier: node.tiers[0]!, bytes };
  assert.equal(await whyRefused(question), undefined);
});
