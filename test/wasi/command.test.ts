import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { whyNotEbpf } from "../../src/trace/index.ts";
import { printsAndSpins, spins } from "../cli/guests.ts";
import { script } from "../cli/run.ts";
import { wat } from "../oracle/wat.ts";
import { root } from "../root.ts";
import { missing } from "../skip.ts";

const folder = mkdtempSync(join(tmpdir(), "wasmscope-wasi-command-"));
after(() => rmSync(folder, { recursive: true, force: true }));
// Another user writes in it, too.
chmodSync(folder, 0o777);
const io = join(root, "workloads/io.wasm");
const why = whyNotEbpf();
const kernel = why === undefined ? {} : missing(why);
const isRoot = process.getuid?.() === 0;
const nobody = { uid: 65534, gid: 65534 };

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function wasi(args: readonly string[], options: object = {}): Ended {
  return spawnSync(process.execPath, [script, "wasi", ...args], {
    cwd: folder,
    encoding: "utf8",
    input: "",
    ...options,
  });
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const exits = (code: number): Uint8Array =>
  wat(`(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
    (memory (export "memory") 1)
    (func (export "_start") (drop (call $yield)) (call $exit (i32.const ${code}))))`);
const traps =
  wat(`(module (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
    (memory (export "memory") 1) (func (export "_start") (drop (call $yield)) unreachable))`);

test("goes on without root in the best way left, and says why", () => {
  const { status, stdout, stderr } = wasi(
    [io, "--json", "--dir", ".", "--", "writes", "50", "16"],
    isRoot ? nobody : {},
  );
  assert.equal(status, 0, stderr);
  assert.match(stderr, /^wasmscope: node@\S+ is not looked at by eBPF but by clocks.*: .+$/m);
  const { runtimes } = JSON.parse(stdout) as {
    runtimes: { way: string; functions: { name: string; calls: number }[] }[];
  };
  assert.equal(runtimes[0]!.way, "timed");
  assert.equal(runtimes[0]!.functions.find(({ name }) => name === "fd_write")!.calls, 51);
});

test("--require makes it an error, before anything runs", () => {
  const { status, stdout, stderr } = wasi(
    [io, "--require", "ebpf", "--dir", ".", "--", "writes", "50", "16"],
    isRoot ? nobody : {},
  );
  assert.equal(status, 125);
  assert.equal(stdout, "");
  if (process.platform === "linux") assert.match(stderr, /--require ebpf: .*(root|CAP_BPF)/);
  assert.match(wasi([io, "--require", "magic"]).stderr, /--require wants ebpf, word, timed/);
  assert.match(wasi([io, "--way", "magic"]).stderr, /--way wants ebpf, word, timed/);
});

test("refuses what is no module with WASI's functions", () => {
  const component = new Uint8Array([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]);
  for (const [content, message] of [
    [component, /it is a component/],
    [wat("(module)"), /imports no function of WASI's/],
    ["no module", /magic|not a WebAssembly/],
  ] as const) {
    const { status, stderr } = wasi([file("other.wasm", content)]);
    assert.equal(status, 125, stderr);
    assert.match(stderr, message);
  }
  for (const [args, message] of [
    [[], /which module\?/],
    [[io, "surplus"], /behind --: surplus/],
    [[io, "--runtime", "nothing"], /no runtime has the name "nothing"/],
    [[io, "--load", "nothing"], /no load is called nothing/],
    [[io, "--top", "0"], /--top wants a whole number/],
    [[io, "--print-bpftrace", "--runtime", "node,node:liftoff"], /of one runtime/],
    [[io, "-o", "."], /it is a folder/],
  ] as const) {
    const { status, stderr } = wasi(args);
    assert.equal(status, 125);
    assert.match(stderr, message);
  }
});

test("a guest's end is shown, and none of the tool's failures", kernel, () => {
  const code = wasi([file("exits.wasm", exits(7))]);
  assert.equal(code.status, 0, code.stderr);
  assert.match(code.stderr, /the guest's exit code: 7/);
  const trap = wasi([file("traps.wasm", traps)]);
  assert.equal(trap.status, 0, trap.stderr);
  assert.match(trap.stderr, /the guest's exit code: [1-9]|ended by SIG/);
  assert.match(trap.stderr, /^ +1 .*sched_yield/m);
});

test("--timeout ends a guest that loops", kernel, () => {
  const { status, stderr } = wasi([file("spins.wasm", printsAndSpins), "--timeout", "2s"]);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /stopped by --timeout after 2s/);
  assert.match(stderr, /fd_write/);
  assert.equal(wasi([file("none.wasm", spins), "--timeout", "1s"]).status, 125);
});

test("every guest gets all of standard input", () => {
  const { status, stdout, stderr } = wasi(
    [io, "--runtime", "node,node:liftoff", "--way", "timed", "--", "copy", "1024"],
    { input: "a".repeat(5000) },
  );
  assert.equal(status, 0, stderr);
  assert.equal(stdout, "a".repeat(10_000));
});

test("writes records and pages", kernel, () => {
  const [records, page] = [join(folder, "records.jsonl"), join(folder, "page.html")];
  const args = ["--runtime", "node,node:liftoff", "--dir", ".", "--records", records, "-o", page];
  const { status, stderr } = wasi([io, ...args, "--", "writes", "50", "16"]);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /Runtimes beside each other/);
  assert.match(readFileSync(page, "utf8"), /Where the time of a run goes/);
  const again = join(folder, "again.md");
  const made = spawnSync(process.execPath, [script, "report", records, "-o", again]);
  assert.equal(made.status, 0, String(made.stderr));
  assert.match(readFileSync(again, "utf8"), /^\| fd.+write \|/m);
});

test("--load runs at sizes, natively, too, and says what grows", kernel, () => {
  const load = ["--load", "small-writes:50,100,200", "--top", "2"];
  const { status, stdout, stderr } = wasi([...load, "--json"]);
  assert.equal(status, 0, stderr);
  const { runtimes } = JSON.parse(stdout) as {
    runtimes: { name: string; size: number; functions: { name: string; calls: number }[] }[];
  };
  const writes = runtimes
    .filter(({ name }) => name === "node")
    .map(({ size, functions }) => [size, functions.find((one) => one.name === "fd_write")?.calls]);
  // One more for the line that the program prints.
  assert.deepEqual(writes, [
    [50, 51],
    [100, 101],
    [200, 201],
  ]);
  assert.match(wasi([...load, "--drill"]).stderr, /Growth with the size of small-writes/);
});

for (const [what, args] of [
  ["eBPF", []],
  ["clocks", ["--way", "timed"]],
] as const) {
  test(`Ctrl-C leaves no process and no file behind, by ${what}`, kernel, async () => {
    const temporary = mkdtempSync(join(folder, "tmp-"));
    const tool = spawn(
      process.execPath,
      [script, "wasi", file("spins.wasm", printsAndSpins), ...args],
      {
        cwd: folder,
        env: { ...process.env, TMPDIR: temporary },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    let stderr = "";
    tool.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    await once(tool.stdout, "data");
    tool.kill("SIGINT");
    const [code] = (await once(tool, "close")) as [number | null];
    assert.equal(code, 130, stderr);
    assert.deepEqual(readdirSync(temporary), []);
    const left = spawnSync("ps", ["-eo", "args"], { encoding: "utf8" }).stdout;
    assert.doesNotMatch(left, new RegExp(join(folder, "spins.wasm")));
  });
}
