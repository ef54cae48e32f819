import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { buildWasiHost } from "../../scripts/hosted/wasi-host.ts";
import { guestBase } from "../../src/hosted/layout.ts";
import { moveGuest } from "../../src/hosted/move-guest.ts";
import { leb } from "../spec/assemble.ts";
import { wat } from "../host-abi/wat.ts";
import { root } from "../root.ts";
import { missing } from "../skip.ts";
import { runInNode } from "../workloads/run-in-node.ts";

const host = join(root, "hosts/wasmscope-host.wasm");

test("the committed host module is what its sources give, and small", () => {
  const committed = readFileSync(host);
  assert.ok(committed.equals(buildWasiHost(root)), "npm run build:host");
  assert.ok(committed.length < 300_000);
});

interface Workload {
  readonly name: string;
  readonly file: string;
  readonly dirs: readonly string[];
  readonly sizes: Record<
    string,
    { readonly args: readonly string[]; readonly stdoutSha256: string }
  >;
}
const { workloads } = JSON.parse(readFileSync(join(root, "workloads/manifest.json"), "utf8")) as {
  workloads: readonly Workload[];
};
const chosen = workloads.filter(({ sizes, name }) => "mini" in sizes && !/^edge|^io/.test(name));
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

for (const { name, file, sizes } of chosen) {
  test(`${name} prints in the interpreter what it prints directly`, () => {
    const { args, stdoutSha256 } = sizes["mini"]!;
    const { exitCode, stdout, stderr } = runInNode(host, {
      args: [file, ...args],
      dirs: [[root, "."]],
    });
    assert.deepEqual([exitCode, stderr, sha256(stdout)], [0, "", stdoutSha256]);
  });
}

test("a guest that begins higher up does the same", () => {
  const folder = mkdtempSync(join(tmpdir(), "hosted-"));
  try {
    const moved = join(folder, "host.wasm");
    const base = 256 << 20;
    writeFileSync(moved, moveGuest(readFileSync(host), base));
    for (const { name, file, sizes } of chosen.filter(({ name: n }) => /json|wordcount/.test(n))) {
      const { args, stdoutSha256 } = sizes["mini"]!;
      const { stdout, stderr } = runInNode(moved, { args: [file, ...args], dirs: [[root, "."]] });
      assert.deepEqual([stderr, sha256(stdout)], ["", stdoutSha256], name);
    }
    // No number of the standard build is left where the other one must be.
    const back = moveGuest(readFileSync(host), guestBase);
    assert.ok(readFileSync(host).equals(back));
    // 20 MB of code that is never called do not fit into the standard build.
    const filler = new Uint8Array(20 << 20);
    const app = Uint8Array.from([
      ...wat(`(module (func (export "_start")))`),
      0,
      ...leb(filler.length + 2),
      1,
      120,
    ]);
    writeFileSync(join(folder, "app.wasm"), Buffer.concat([app, filler]));
    const run = (path: string): string =>
      runInNode(path, { args: ["app.wasm"], dirs: [[folder, "."]] }).stderr;
    assert.match(run(host), /app\.wasm: the module is too large for this build/);
    assert.equal(run(moved), "");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

const wasmtime = spawnSync("wasmtime", ["--version"]);
test(
  "runs under wasmtime",
  wasmtime.status === 0 ? {} : missing("no wasmtime (pip install wasmtime's CLI)"),
  () => {
    const { args, stdoutSha256 } = chosen.find(({ name }) => name === "wordcount")!.sizes["mini"]!;
    const file = "examples/wordcount/wordcount.wasm";
    const command = ["run", "--dir", ".", host, file, ...args];
    const { stdout, status } = spawnSync("wasmtime", command, { cwd: root });
    assert.deepEqual([status, sha256(stdout)], [0, stdoutSha256]);
  },
);

function runText(text: string, args: readonly string[] = []): ReturnType<typeof runInNode> {
  const folder = mkdtempSync(join(tmpdir(), "hosted-"));
  try {
    writeFileSync(join(folder, "app.wasm"), wat(text));
    return runInNode(host, { args: ["app.wasm", ...args], dirs: [[folder, "/"]] });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const wasi = (name: string, params: string): string =>
  `(import "wasi_snapshot_preview1" "${name}" (func $${name} (param ${params}) (result i32)))`;

test("the guest's arguments are its own", () => {
  const { stdout } = runText(
    `(module ${wasi("args_sizes_get", "i32 i32")} ${wasi("args_get", "i32 i32")}
      ${wasi("fd_write", "i32 i32 i32 i32")} (memory (export "memory") 1)
      (func (export "_start")
        (drop (call $args_sizes_get (i32.const 0) (i32.const 4)))
        (drop (call $args_get (i32.const 16) (i32.const 256)))
        ;; All of them in one write: they lie behind one another.
        (i32.store (i32.const 8) (i32.load (i32.const 16)))
        (i32.store (i32.const 12) (i32.load (i32.const 4)))
        (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 200)))))`,
    ["one", "two"],
  );
  assert.equal(stdout.toString("latin1"), "app.wasm\0one\0two\0");
});

test("WASI does not reach the runtime's own region for the guest", () => {
  for (const address of ["0xff000000", "0xff001000", "0xff300000", "0xfffffff0", "0x10000"]) {
    const { stdout } = runText(
      `(module ${wasi("fd_write", "i32 i32 i32 i32")} (memory (export "memory") 1)
        (func (export "_start")
          (i32.store (i32.const 0) (i32.const ${address}))
          (i32.store (i32.const 4) (i32.const 16))
          (if (i32.eqz (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
            (then (i32.store (i32.const 0) (i32.const 0))
              (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))))`,
    );
    assert.equal(stdout.length, 0, address);
  }
});

test("a module without WASI runs, and exit codes are the guest's", () => {
  assert.equal(runText(`(module (func (export "_start")))`).exitCode, 0);
  const { exitCode } = runText(
    `(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (memory (export "memory") 1) (func (export "_start") (call $exit (i32.const 42))))`,
  );
  assert.equal(exitCode, 42);
});

const refusals: readonly (readonly [what: string, bytes: Uint8Array, message: RegExp])[] = [
  [
    "no module",
    Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    /magic header not detected \(at offset 0x0\)/,
  ],
  [
    "an import that nobody has",
    wat(`(module (import "env" "f" (func)) (func (export "_start")))`),
    /imported function that this host does not have/,
  ],
  ["no _start", wat(`(module)`), /exports no function _start/],
  [
    "a body that is cut off",
    wat(`(module (func (export "_start") (drop (i32.const 1))))`).slice(0, -20),
    /app\.wasm: .*\(at offset 0x[\da-f]+\)/,
  ],
];
for (const [what, bytes, message] of refusals) {
  test(`refuses ${what}`, () => {
    const folder = mkdtempSync(join(tmpdir(), "hosted-"));
    try {
      writeFileSync(join(folder, "app.wasm"), bytes);
      const { exitCode, stderr } = runInNode(host, { args: ["app.wasm"], dirs: [[folder, "/"]] });
      assert.equal(exitCode, 125);
      assert.match(stderr, message);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
